"""The kinds of rules, as data. Forms, sentences, evaluation and preview read them here, so a
further kind is one further entry: with `judge` for what is measured, or with `raised_by` for what
an event tells (leads and sources plug in so).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pitchbar.alerts.judging import (
    Reading,
    Verdict,
    judge_drop,
    judge_over,
    judge_silence,
    judge_spike,
    judge_under,
)
from pitchbar.alerts.quota_words import tell_level, title_of_level
from pitchbar.alerts.ruled import Ruled
from pitchbar.events.services import Event

Judge = Callable[[Reading, int], Verdict | None]
Direction = Literal["rising", "falling"]


@dataclass(frozen=True)
class Amount:
    """A number of the rule: what it is called, what it may be, and what a new rule begins with."""

    label: str
    least: int
    most: int
    first: int


@dataclass(frozen=True)
class Kind:
    """What a rule can wait for.

    Attributes:
        label: in the choice of kinds; `hint` says below it what it is good for.
        sentence: with {threshold} and {window}, what the rule says; its subject follows.
        windows: minutes that it may look at.
        judge: for what is measured; it is judged in hours that are over, and one that is `rising`
            also in the one that goes on.
        compares: whether it looks at the weeks before, too.
        raised_by, recovered_by: names of events that raise it, and tell that all is well again.
        tell: of such an event, what happened, as a sentence; None where it is not for this rule.
        title: of such an event, what the alert is called where that is more than the sentence.
        takes_code: whether it can watch one code alone.
    """

    key: str
    label: str
    icon: str
    hint: str
    sentence: str
    threshold: Amount | None = None
    levels: tuple[int, ...] = ()
    windows: tuple[int, ...] = ()
    judge: Judge | None = None
    direction: Direction = "rising"
    compares: bool = False
    raised_by: str = ""
    recovered_by: str = ""
    tell: Callable[[Event, Ruled], str | None] | None = None
    title: Callable[[Event, Ruled], str] | None = None
    takes_code: bool = True

    @property
    def recovers(self) -> bool:
        """Whether one that is raised is open until all is well again."""
        return self.judge is not None or bool(self.recovered_by)


_HOURS = (60, 180, 360, 720, 1440, 10080)


def _of_destination(event: Event, _rule: Ruled) -> str:
    said, url = event.after.get("said", ""), event.after.get("destination_url", "")
    return f"{said} It leads to {url}".strip() if url else str(said)


def _of_endpoint(event: Event, _rule: Ruled) -> str:
    return f"{event.after.get('failures', 'Several')} attempts in a row were not taken."


def _of_source(event: Event, _rule: Ruled) -> str:
    return str(event.after.get("error", ""))


def _of_lead(event: Event, _rule: Ruled) -> str:
    return f"In a conversation with {event.after.get('agent') or 'an agent'}."


_kinds: dict[str, Kind] = {}


def declare_kind(kind: Kind) -> None:
    _kinds[kind.key] = kind


def list_kinds() -> tuple[Kind, ...]:
    """In the order in which they were declared."""
    return tuple(_kinds.values())


def find_kind(key: str) -> Kind | None:
    """None for a kind of another release."""
    return _kinds.get(key)


for _kind in (
    Kind(
        "scans_over",
        "More scans than",
        "arrow-up-right",
        "A crowd, a mention, somebody who plays with a code.",
        "More than {threshold} scans in {window}",
        threshold=Amount("Scans", 1, 10_000_000, 100),
        windows=(5, 15, 30, *_HOURS),
        judge=judge_over,
    ),
    Kind(
        "scans_under",
        "Fewer scans than",
        "arrow-down-right",
        "A place that should be busy, and is not.",
        "Fewer than {threshold} scans in {window}",
        threshold=Amount("Scans", 1, 10_000_000, 10),
        windows=_HOURS,
        judge=judge_under,
        direction="falling",
    ),
    Kind(
        "spike",
        "More than usual",
        "trending-up",
        "Compared with the same hours of the last 4 weeks.",
        "{threshold} % more scans than usual in {window}",
        threshold=Amount("Percent more", 20, 10_000, 100),
        windows=(60, 180, 360, 1440),
        judge=judge_spike,
        compares=True,
    ),
    Kind(
        "drop",
        "Fewer than usual",
        "trending-down",
        "Compared with the same hours of the last 4 weeks.",
        "{threshold} % fewer scans than usual in {window}",
        threshold=Amount("Percent fewer", 20, 100, 60),
        windows=(60, 180, 360, 1440),
        judge=judge_drop,
        direction="falling",
        compares=True,
    ),
    Kind(
        "silence",
        "No scan at all",
        "moon",
        "A poster that was taken down, a code that was covered up.",
        "No scan for {window}",
        windows=(*_HOURS, 20160, 43200),
        judge=judge_silence,
        direction="falling",
    ),
    Kind(
        "quota",
        "Plan used up to",
        "gauge",
        "Of each limit: scans, conversations, codes, members and more. Codes lead on all the same.",
        "{threshold} % of a limit of the plan is used",
        levels=(75, 90, 100),
        raised_by="quota.reached",
        tell=tell_level,
        title=title_of_level,
        takes_code=False,
    ),
    Kind(
        "destination_dead",
        "Destination dead",
        "unlink",
        "Every code's destination is looked at each day; three failures in a row count.",
        "The destination does not answer",
        raised_by="destination.died",
        recovered_by="destination.recovered",
        tell=_of_destination,
    ),
    Kind(
        "webhook_failing",
        "Webhook failing",
        "webhook",
        "An endpoint that does not take what is sent to it.",
        "A webhook endpoint is failing",
        raised_by="webhook.failing",
        recovered_by="webhook.recovered",
        tell=_of_endpoint,
        takes_code=False,
    ),
    Kind(
        "source_failed",
        "Source failed",
        "book-open",
        "A site, feed or file that answers are found in, and that cannot be read any more.",
        "A source cannot be read",
        raised_by="source.failed",
        recovered_by="source.indexed",
        tell=_of_source,
        takes_code=False,
    ),
    Kind(
        "lead_captured",
        "Lead captured",
        "message-square",
        "A visitor of the chat who wants to hear from you.",
        "A visitor leaves an address",
        raised_by="lead.captured",
        tell=_of_lead,
        takes_code=False,
    ),
):
    declare_kind(_kind)
