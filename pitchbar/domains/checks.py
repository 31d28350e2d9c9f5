"""What a look at the DNS makes of a domain.

A pending one becomes verified when its record is there. A verified one becomes broken when its
record has been gone for three days, by clear answers: silence and errors of the DNS break nothing.
A broken one leads its codes on, until another workspace proves the host.
"""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from pitchbar.clients.name_service import NoAnswer, Target
from pitchbar.domains.findings import Findings, describe_records, describe_target, proves
from pitchbar.domains.models import BROKEN, PENDING, VERIFIED, Domain
from pitchbar.domains.notices import tell_broken, tell_lost
from pitchbar.domains.queries import is_held_elsewhere, list_broken_elsewhere
from pitchbar.domains.services import snapshot, tell
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db

PATIENCE = timedelta(days=3)
WAITING = timedelta(days=30)
_DAY = timedelta(days=1)
# How long a pending domain is so old, and how often it is looked at then.
_PACES = (
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=2), timedelta(minutes=10)),
    (WAITING, _DAY),
)
# Who does not answer is asked less often: each question holds up others.
_PACE_OF_SILENCE = timedelta(minutes=5)

_HELD = (
    "Your record is there, and another workspace has proven this domain before. It becomes yours "
    "once the record of that workspace has been gone for three days."
)


def take_findings(
    domain: Domain, findings: Findings, own: Target | None, own_host: str, now: datetime
) -> None:
    """Whoever calls holds the row, so that no two looks meet."""
    domain.checked_at = now
    domain.last_answer = describe_records(findings, domain.host, was_there=domain.state != PENDING)
    domain.pointing, domain.points_here = describe_target(findings, own, own_host)
    if proves(findings, domain.token):
        _take_proof(domain, now)
    elif findings.is_clear and domain.state == VERIFIED:
        _take_absence(domain, now)
    domain.next_check_at = _next_check(domain, findings, now)
    db.session.flush()
    tell(domain)


def _take_proof(domain: Domain, now: datetime) -> None:
    domain.failing_since = None
    domain.last_answer = "The TXT record is there: this domain is yours."
    if domain.state != VERIFIED and not _prove(domain, now):
        domain.last_answer = _HELD


def _prove(domain: Domain, now: datetime) -> bool:
    """False where another workspace has proven it, perhaps in this moment: the index decides."""
    if is_held_elsewhere(domain):
        return False
    before = snapshot(domain)
    try:
        with db.session.begin_nested():
            domain.state, domain.verified_at = VERIFIED, now
            db.session.flush()
    except IntegrityError:
        db.session.refresh(domain)
        domain.checked_at = now
        return False
    for other in list_broken_elsewhere(domain):
        _lose(other, now)
    record_event("domain.verified", domain, by=SYSTEM, before=before, after=snapshot(domain))
    return True


def _lose(domain: Domain, now: datetime) -> None:
    """Its record was gone, and another workspace has proven the host: it is theirs now, and what
    was on it goes back to our own host.
    """
    before = snapshot(domain)
    domain.state, domain.verified_at, domain.failing_since = PENDING, None, None
    domain.last_answer = "Another workspace has proven this domain since its record was gone."
    domain.next_check_at = now + _DAY
    db.session.flush()
    record_event("domain.lost", domain, by=SYSTEM, before=before, after=snapshot(domain))
    tell_lost(domain)
    tell(domain)


def _take_absence(domain: Domain, now: datetime) -> None:
    if domain.failing_since is None:
        domain.failing_since = now
    if now - domain.failing_since < PATIENCE:
        return
    before = snapshot(domain)
    domain.state = BROKEN
    db.session.flush()
    record_event("domain.broken", domain, by=SYSTEM, before=before, after=snapshot(domain))
    tell_broken(domain)


def _next_check(domain: Domain, findings: Findings, now: datetime) -> datetime | None:
    if domain.state != PENDING:
        return now + _DAY
    age = now - domain.created_at
    pace = next((pace for until, pace in _PACES if age < until), None)
    if pace is None:
        return None
    silent = isinstance(findings.trouble, NoAnswer)
    return now + (max(pace, _PACE_OF_SILENCE) if silent else pace)
