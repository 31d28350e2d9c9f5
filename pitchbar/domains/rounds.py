"""A round of looks at the DNS: of all domains that are due, or of one that somebody asked for."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from pitchbar.clients.name_service import NameService, Target
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.domains.checks import take_findings
from pitchbar.domains.findings import Findings, look_up
from pitchbar.domains.models import Domain
from pitchbar.domains.queries import list_due
from pitchbar.domains.settings import DomainSettings
from pitchbar.extensions import db
from pitchbar.settings import Settings

log = logging.getLogger(__name__)

# For one question, whatever is tried.
SECONDS = 3.0
# So many at once, and so many in a round: it ends within a minute even where nobody answers.
_AT_ONCE = 8
_MOST = 100
# A round that died leaves its domains to another one.
_TURN = timedelta(minutes=3)


def check_due_domains(settings: Settings) -> int:
    """Entry point of the schedule: commits for each domain. Returns how many it looked at."""
    now = clock.now()
    mine = [(domain_id, host) for domain_id, host in list_due(now, _MOST) if _claim(domain_id, now)]
    db.session.commit()
    look = _looker(settings)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(look, [host for _, host in mine])
        for (domain_id, _), (findings, own) in zip(mine, answers, strict=True):
            _store(domain_id, findings, own, settings)
    return len(mine)


def check_domain(domain_id: int, host: str, settings: Settings) -> None:
    """Looks now. Commits, before as well: no connection of the database waits for the DNS."""
    db.session.commit()
    findings, own = _looker(settings)(host)
    _store(domain_id, findings, own, settings)


def _looker(settings: Settings) -> "partial[tuple[Findings, Target | None]]":
    names = NameService(settings[DomainSettings].dns_resolvers, seconds=SECONDS)
    return partial(look_up, names, settings.own_host)


def _claim(domain_id: int, now: datetime) -> bool:
    """Of two rounds at once, one looks."""
    due = (Domain.id == domain_id, Domain.next_check_at <= now)
    later = update(Domain).where(*due).values(next_check_at=now + _TURN)
    return bool(changed_rows(db.session, later.execution_options(synchronize_session=False)))


def _store(domain_id: int, findings: Findings, own: Target | None, settings: Settings) -> None:
    held = select(Domain).where(Domain.id == domain_id).with_for_update()
    domain = db.session.scalar(held.execution_options(populate_existing=True))
    if domain is None:
        # Removed while the DNS was asked.
        db.session.rollback()
        return
    take_findings(domain, findings, own, settings.own_host, clock.now())
    db.session.commit()
