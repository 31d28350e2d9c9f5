"""What an answer of a destination means, or that there was none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pitchbar.clients.outbound import OutboundAnswer, OutboundError

Outcome = Literal["well", "failed", "unclear", "skipped"]

_NOT_FOUND = {
    404: "There is no such page (404).",
    410: "The page is gone (410).",
}
_INNER = "It is not on the public internet, so we cannot look from here."


@dataclass(frozen=True)
class Verdict:
    """`said` is a sentence for people; `final_url` is where redirects led, if any did; `trouble` is
    why there was no answer, in a word of `OutboundError`.
    """

    outcome: Outcome
    said: str
    status: int | None = None
    final_url: str = ""
    tls_expires_at: datetime | None = None
    trouble: str = ""


def judge(answer: OutboundAnswer) -> Verdict:
    outcome, said = _judge_status(answer.status, len(answer.redirects))
    final_url = answer.url if answer.redirects else ""
    return Verdict(outcome, said, answer.status, final_url[:2048], answer.tls_expires_at)


def judge_failure(error: OutboundError) -> Verdict:
    if error.kind in ("bad_url", "refused_address"):
        if error.redirects and _leads_to_an_app(error.url):
            return Verdict("well", "It answers, and opens an app.", final_url=error.url[:2048])
        return Verdict("skipped", _INNER if error.kind == "refused_address" else str(error))
    return Verdict("failed", str(error), trouble=error.kind)


def _judge_status(status: int, redirects: int) -> tuple[Outcome, str]:
    if status < 400:
        return "well", _answers(redirects)
    if status in _NOT_FOUND:
        return "failed", _NOT_FOUND[status]
    if 500 <= status < 600:
        return "failed", f"Its server reports an error ({status})."
    # 401, 403, 429 and their like: people may well see what programs do not.
    return "unclear", f"It answers, but does not let us look ({status}). People may well see it."


def _answers(redirects: int) -> str:
    if not redirects:
        return "It answers."
    return f"It answers, after {redirects} redirect{'s' if redirects > 1 else ''}."


def _leads_to_an_app(url: str) -> bool:
    """Such as itms-apps:// or market://, where shops of apps lead a phone."""
    return urlsplit(url).scheme not in ("", "http", "https", "javascript", "data", "file")
