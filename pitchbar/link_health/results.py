"""What a look makes of a destination: dead after three failures in a row, alive by one answer."""

import random
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pitchbar.codes.models import Code
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.link_health.models import DEAD, FAILING, SKIPPED, UNCLEAR, WELL, Link, LinkSpan
from pitchbar.link_health.settings import LinkHealthSettings
from pitchbar.link_health.verdicts import Verdict

FAILURES_BEFORE_DEAD = 3
_ALIVE = {"well": WELL, "unclear": UNCLEAR, "skipped": SKIPPED}


def take_verdict(link: Link, verdict: Verdict, own: LinkHealthSettings, now: datetime) -> None:
    """Whoever calls has the link in hand."""
    before = link.state
    link.failures = link.failures + 1 if verdict.outcome == "failed" else 0
    is_dead = link.failures >= FAILURES_BEFORE_DEAD
    link.state = _ALIVE.get(verdict.outcome) or (DEAD if is_dead else FAILING)
    link.said, link.status, link.final_url = verdict.said, verdict.status, verdict.final_url
    link.tls_expires_at = verdict.tls_expires_at
    link.checked_at, link.claimed_until = now, None
    link.next_check_at = _next_check(link, own, now)
    _add_to_history(link, verdict, now)
    _tell(link, before)


def _next_check(link: Link, own: LinkHealthSettings, now: datetime) -> datetime | None:
    if not own.link_check_hours:
        return None
    minutes = own.link_check_hours * 60
    if link.state == FAILING:
        minutes = min(minutes, own.link_retry_minutes)
    # Spread, so that those which were added together are not asked together for ever.
    return now + timedelta(minutes=minutes * random.uniform(0.95, 1.05))


def _add_to_history(link: Link, verdict: Verdict, now: datetime) -> None:
    same = (LinkSpan.code_id == link.code_id, LinkSpan.url_key == link.url_key)
    last = db.session.scalar(select(LinkSpan).where(*same).order_by(LinkSpan.id.desc()).limit(1))
    if last and (last.outcome, last.said) == (verdict.outcome, verdict.said):
        last.checks, last.last_at = last.checks + 1, now
        return
    db.session.add(
        LinkSpan(
            workspace_id=link.workspace_id,
            code_id=link.code_id,
            url=link.url,
            url_key=link.url_key,
            outcome=verdict.outcome,
            said=verdict.said,
            first_at=now,
            last_at=now,
        )
    )


def _tell(link: Link, before: str) -> None:
    if (link.state == DEAD) == (before == DEAD):
        return
    name = "destination.died" if link.state == DEAD else "destination.recovered"
    code = db.session.get_one(Code, link.code_id)
    record_event(
        name,
        code,
        by=SYSTEM,
        before={"state": before},
        after={"state": link.state, "said": link.said, "destination_url": link.url},
    )


def purge_history(now: datetime, keep_days: int) -> int:
    """Forgets what was found longer ago; 0 keeps all. Returns how many spans went."""
    if not keep_days:
        return 0
    old = LinkSpan.last_at < now - timedelta(days=keep_days)
    return changed_rows(db.session, delete(LinkSpan).where(old))
