"""A round of looks: many hosts at once, and one after another of the addresses of a host."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.link_health.asking import ask
from pitchbar.link_health.claims import claim_code, claim_host, list_due_hosts, release
from pitchbar.link_health.models import Link
from pitchbar.link_health.results import take_verdict
from pitchbar.link_health.settings import LinkHealthSettings
from pitchbar.link_health.verdicts import Verdict
from pitchbar.settings import Settings

_AT_ONCE = 20
_MOST_HOSTS = 100
# A round asks so long; what is under way then still ends.
_SECONDS = 40.0
_BATCH = 200

Look = Callable[[str], Verdict]


@dataclass(frozen=True)
class _Turn:
    """One host and what is asked of it: ids of links by address."""

    links: dict[str, list[int]]


def check_due_links(settings: Settings, seconds: float = _SECONDS) -> int:
    """Entry point of the schedule. Commits. Returns how many addresses it asked."""
    now = clock.now()
    turns = [_as_turn(claim_host(host, now)) for host in list_due_hosts(now, _MOST_HOSTS)]
    return _go_round([turn for turn in turns if turn.links], settings, seconds)


def check_code(code_id: int, settings: Settings, seconds: float = _SECONDS) -> int:
    """Looks at all that a code leads to, due or not. Commits."""
    turns: dict[str, list[Link]] = {}
    for link in claim_code(code_id, clock.now()):
        turns.setdefault(link.host, []).append(link)
    return _go_round([_as_turn(links) for links in turns.values()], settings, seconds)


def _as_turn(links: Sequence[Link]) -> _Turn:
    by_url: dict[str, list[int]] = {}
    for link in links:
        by_url.setdefault(link.url, []).append(link.id)
    return _Turn(by_url)


def _go_round(turns: Sequence[_Turn], settings: Settings, seconds: float) -> int:
    """Threads ask; the database is this one's alone."""
    until = time.monotonic() + seconds
    pause = settings[LinkHealthSettings].link_host_pause
    asked = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting = {
            pool.submit(_ask_in_turn, list(turn.links), pause, until, settings): turn
            for turn in turns
        }
        db.session.commit()
        for done in as_completed(waiting):
            verdicts = done.result()
            _store(waiting[done], verdicts, settings)
            asked += len(verdicts)
    return asked


def _ask_in_turn(
    urls: Sequence[str], pause: float, until: float, settings: Settings
) -> dict[str, Verdict]:
    """Those that the time sufficed for."""
    allow = settings[OutboundSettings].allowed
    verdicts: dict[str, Verdict] = {}
    for url in urls:
        if verdicts:
            time.sleep(min(pause, max(0.0, until - time.monotonic())))
        if time.monotonic() >= until:
            break
        verdicts[url] = ask(url, settings.app_url, allow)
    return verdicts


def _store(turn: _Turn, verdicts: dict[str, Verdict], settings: Settings) -> None:
    own, now = settings[LinkHealthSettings], clock.now()
    for url, link_ids in turn.links.items():
        for start in range(0, len(link_ids), _BATCH):
            some = link_ids[start : start + _BATCH]
            if url in verdicts:
                _take(some, verdicts[url], own, now)
            else:
                release(some)


def _take(
    link_ids: Sequence[int], verdict: Verdict, own: LinkHealthSettings, now: datetime
) -> None:
    """Those that are still there: meanwhile a code may have been archived."""
    mine = select(Link).where(Link.id.in_(link_ids)).order_by(Link.id).with_for_update()
    for link in db.session.scalars(mine.execution_options(populate_existing=True)).all():
        take_verdict(link, verdict, own, now)
    db.session.commit()
