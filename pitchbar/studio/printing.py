"""Whether a code's picture may be handed out: it scans, or somebody decided that it shall."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pitchbar.codes.addresses import address_of
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.scan_check.advice import check_design
from pitchbar.scan_check.reports import MODEL
from pitchbar.settings import current_settings
from pitchbar.studio.designs import design_of
from pitchbar.studio.errors import DoesNotScan, NothingToOverride
from pitchbar.studio.logos import read_logo
from pitchbar.studio.models import ScanCheck
from pitchbar.studio.reports import stored_report
from pitchbar.symbols.design import Design

FAILS = "fails"


def require_printable(code: Code) -> None:
    """Raises DoesNotScan. A plain symbol needs no look: nothing in it could fail."""
    if not code.design:
        return
    check = check_code(code)
    if check.verdict == FAILS and check.overridden_at is None:
        raise DoesNotScan


def check_code(code: Code) -> ScanCheck:
    """What is known of its present picture, or else found now (some half a second)."""
    digest = picture_digest(code)
    if check := find_check(code, digest):
        return check
    settings, design = current_settings(), design_of(code)
    logo = read_logo(code.workspace_id, design.logo, settings)
    report = check_design(address_of(code, settings), design, logo)
    check = ScanCheck(
        workspace_id=code.workspace_id,
        code_id=code.id,
        digest=digest,
        verdict=report.verdict,
        report=stored_report(report),
    )
    return _add(check)


def find_check(code: Code, digest: str) -> ScanCheck | None:
    of_picture = select(ScanCheck).where(ScanCheck.code_id == code.id, ScanCheck.digest == digest)
    return db.session.scalar(of_picture)


def override(code: Code, by: Actor) -> ScanCheck:
    """Lets this very picture be handed out though it does not scan; another design asks again.

    Raises NothingToOverride.
    """
    check = check_code(code)
    if check.verdict != FAILS:
        raise NothingToOverride
    if check.overridden_at is None:
        check.overridden_by_id = by.id if by.kind == "person" else None
        check.overridden_at = clock.now()
        score = {"score": check.report.get("score")}
        record_event("code.design_overridden", code, by=by, after=score)
    return check


def picture_digest(code: Code) -> str:
    """Of all that a picture is made of, and of the model that judges it."""
    return design_digest(address_of(code, current_settings()), design_of(code))


def design_digest(text: str, design: Design) -> str:
    whole = [text, design.model_dump(mode="json"), MODEL]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _add(check: ScanCheck) -> ScanCheck:
    """Two may look at once: the first one's row stays, and both are right."""
    try:
        with db.session.begin_nested():
            db.session.add(check)
    except IntegrityError:
        of_picture = select(ScanCheck).where(
            ScanCheck.code_id == check.code_id, ScanCheck.digest == check.digest
        )
        return db.session.scalars(of_picture).one()
    return check
