"""Robots files as they were fetched: one row for a site, which one process fetches for all."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, select, update

from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.crawling import politeness
from pitchbar.crawling.agent import user_agent
from pitchbar.crawling.encodings import inflated
from pitchbar.crawling.errors import CrawlError, of_outbound, of_status
from pitchbar.crawling.models import ABSENT, READ, UNREACHABLE, RobotsFile
from pitchbar.crawling.robots_rules import MAX_BYTES, text_of
from pitchbar.crawling.settings import CrawlSettings
from pitchbar.extensions import db
from pitchbar.settings import current_settings

Send = Callable[..., OutboundAnswer]

KEPT = timedelta(hours=24)
# A site that could not say anything may do so soon; an old answer holds meanwhile (RFC 9309, 2.4).
_RETRIED_AFTER = timedelta(seconds=60)
_OLD_HOLDS_FOR = timedelta(days=30)
_MAX_REDIRECTS = 5
_LOOK_AGAIN = 0.05
_LEADS_NOWHERE = ("too_many_redirects", "bad_url", "refused_address")


@dataclass(frozen=True)
class Found:
    """`text` is None where there is no file."""

    text: str | None
    status: int | None


def load(origin: str, send: Send) -> Found:
    """From the row while it is fresh, else from the site; one fetches, others wait for it.

    Raises:
        CrawlError: it could not be had.
    """
    seconds = current_settings()[CrawlSettings].crawl_timeout + 5
    until = time.monotonic() + seconds + 5
    while True:
        if (row := _find(origin)) is not None and row.expires_at > clock.now():
            return _answer_of(row)
        if _claim(origin, seconds):
            _save(origin, _fetch(origin, send), row)
        elif time.monotonic() > until:
            raise CrawlError(
                "robots_unreachable", "The site's robots.txt was not to be had in time."
            )
        else:
            time.sleep(_LOOK_AGAIN)


@dataclass(frozen=True)
class _Row:
    state: str
    text: str
    status: int | None
    trouble: str
    sentence: str
    read_at: datetime | None
    expires_at: datetime


_COLUMNS = [getattr(RobotsFile, name) for name in _Row.__annotations__]


def _find(origin: str) -> _Row | None:
    with db.engine.connect() as connection:
        query = select(*_COLUMNS).where(RobotsFile.origin == origin)
        found = connection.execute(query).first()
    return None if found is None else _Row(*found)


def _answer_of(row: _Row) -> Found:
    if row.state == UNREACHABLE:
        left = (row.expires_at - clock.now()).total_seconds()
        retry_after = left if row.trouble == "throttled" else None
        raise CrawlError(row.trouble, row.sentence, status=row.status, retry_after=retry_after)
    return Found(row.text if row.state == READ else None, row.status)


def _claim(origin: str, seconds: float) -> bool:
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    is_due = and_(RobotsFile.claimed_until <= now, RobotsFile.expires_at <= now)
    with db.engine.begin() as connection:
        first = insert_into(connection, RobotsFile).values(
            origin=origin, state="", text="", trouble="", sentence="", expires_at=now,
            claimed_until=until,
        )  # fmt: skip
        mine = first.on_conflict_do_update(
            index_elements=["origin"], set_={"claimed_until": until}, where=is_due
        ).returning(RobotsFile.origin)
        return connection.execute(mine).first() is not None


def _save(origin: str, found: dict[str, object], before: _Row | None) -> None:
    now = clock.now()
    values = {"claimed_until": now, "expires_at": now + KEPT, **found}
    if found["state"] == UNREACHABLE:
        values["expires_at"] = now + _RETRIED_AFTER
        if before and before.read_at and before.read_at > now - _OLD_HOLDS_FOR:
            values = {"claimed_until": now, "expires_at": values["expires_at"]}
    else:
        values["read_at"] = now
    with db.engine.begin() as connection:
        connection.execute(update(RobotsFile).where(RobotsFile.origin == origin).values(values))


def _fetch(origin: str, send: Send) -> dict[str, object]:
    """The columns of the row."""
    try:
        return _read(_asked(origin, send), origin)
    except CrawlError as error:
        return {
            "state": UNREACHABLE,
            "text": "",
            "status": error.status,
            "trouble": error.kind,
            "sentence": str(error)[:300],
        }


def _asked(origin: str, send: Send) -> OutboundAnswer | None:
    """None where redirects lead nowhere, which is as good as no file."""
    settings = current_settings()
    try:
        return send(
            "GET",
            f"{origin}/robots.txt",
            headers=[("User-Agent", user_agent()), ("Accept", "text/plain,*/*;q=0.5")],
            timeout=settings[CrawlSettings].crawl_timeout,
            max_bytes=MAX_BYTES,
            follow=_MAX_REDIRECTS,
            allow=settings[OutboundSettings].allowed,
        )
    except OutboundError as error:
        if error.redirects and error.kind in _LEADS_NOWHERE:
            return None
        raise _trouble_with(error) from None


def _trouble_with(error: OutboundError) -> CrawlError:
    """What hinders every page of the site is told as it is; all else is about this file."""
    known = of_outbound(error)
    if known.is_permanent and not error.redirects:
        return known
    sentence = f"The site's robots.txt could not be read, so nothing else is: {error}"
    return CrawlError("robots_unreachable", sentence)


def _read(answer: OutboundAnswer | None, origin: str) -> dict[str, object]:
    status = answer.status if answer else None
    if answer is None or 300 <= answer.status < 429 or 429 < answer.status < 500:
        return _row(ABSENT, status)
    if answer.status == 429:
        error = of_status(429, answer.headers.get("retry-after", ""))
        politeness.rest(politeness.host_of(origin), error.retry_after or 0)
        raise error
    if answer.status >= 500:
        sentence = (
            f"The site's robots.txt could not be read ({status}), so nothing else is, for now."
        )
        raise CrawlError("robots_unreachable", sentence, status=status)
    body = inflated(
        answer.body, answer.headers.get("content-encoding", ""), MAX_BYTES, answer.was_cut
    )
    return _row(
        READ, status, text_of(body.data + (b"x" if answer.was_cut or body.was_cut else b""))
    )


def _row(state: str, status: int | None, text: str = "") -> dict[str, object]:
    return {"state": state, "text": text, "status": status, "trouble": "", "sentence": ""}
