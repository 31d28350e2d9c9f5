"""A code is made, scanned through the real redirect, and its row waited for; then all of it goes.

It happens in a workspace that is nobody's: no page, plan or figure of anybody shows it.
"""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from pitchbar.clients.outbound import OutboundError, send
from pitchbar.clients.outbound_addresses import pair_of
from pitchbar.codes.models import Code
from pitchbar.codes.services import create_code
from pitchbar.codes.settings import CodeSettings
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import delete_audit_log, record_event
from pitchbar.extensions import db
from pitchbar.scans.models import AcceptedHour, Scan
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import SCALE
from pitchbar.workspaces.queries import find_workspace

# No slug that a person can choose holds a tilde.
SLUG = "~release-check"
UTM = {"source": "release-check", "medium": "qr", "campaign": "smoke-test"}
_LOOK_SECONDS = 0.2
# Each process tells how many scans it accepted about once a second.
_COUNT_SECONDS = 5.0


def look_at_redirect(circumstances: Circumstances) -> Finding:
    workspace = _get_or_make_workspace()
    # What a run that was killed may have left.
    clear_workspace(workspace)
    try:
        return _scan(workspace, circumstances)
    finally:
        db.session.rollback()
        clear_workspace(workspace)


def _scan(workspace: Workspace, circumstances: Circumstances) -> Finding:
    code = _make_code(workspace)
    code_id, url = code.id, f"{circumstances.url}/t/{code.short_code}"
    try:
        answer = send(
            "GET",
            url,
            headers=[("User-Agent", "PitchbarReleaseCheck/1.0")],
            allow=frozenset({pair_of(url)}),
        )
    except OutboundError as error:
        return failed(
            f"A new code could not be scanned at {circumstances.url}: {error}",
            "Look whether web or edge runs, and whether the proxy in front leads to it. Another "
            "address can be named by --url.",
        )
    location = answer.headers.get("location", "")
    if answer.status not in (301, 302, 303, 307, 308) or not location:
        return failed(
            f"A scan of a new code was answered with {answer.status} instead of its destination.",
            "Look whether the address reaches this installation: its process must have the same "
            "DATABASE_URL, and its host must be ours (APP_URL, EDGE_HOSTS).",
        )
    if lost := _find_lost_tags(location):
        return failed(
            f"The destination was reached without {', '.join(lost)}: {location[:200]}",
            "Something in front of the redirect changes what it answers.",
        )
    began = time.monotonic()
    if not _wait_for_row(code_id, circumstances.wait_seconds):
        return failed(
            f"The scan was led on, and no row of it is there after {circumstances.wait_seconds:.0f}"
            " seconds. It is kept, and stored when what is missing runs again.",
            "Is there a worker on ingestion, does Redis answer, and are there files in SPOOL_DIR?",
        )
    seconds = time.monotonic() - began
    _wait_for_count(workspace.id)
    return ok(
        f"A new code led on with its UTM values, and its scan was stored {seconds:.1f} s later. "
        "Nothing of it stays."
    )


def _get_or_make_workspace() -> Workspace:
    found = find_workspace(SLUG)
    if found is not None:
        return found
    made = Workspace(slug=SLUG, name="Release check", time_zone="UTC", plan=SCALE, pixel_key=None)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        # Another one made it meanwhile.
        made = find_workspace(SLUG) or made
    db.session.commit()
    return made


def _make_code(workspace: Workspace) -> Code:
    settings = current_settings()
    # Nobody is led there: the answer is looked at, and not followed.
    host = next(iter(settings[CodeSettings].qr_destination_host_allowlist), "example.com")
    tags = {f"utm_{name}": value for name, value in UTM.items()}
    code = create_code(
        workspace,
        SYSTEM,
        settings,
        name="Release check",
        destination_url=f"https://{host}/release-check",
        **tags,
    )
    db.session.commit()
    return code


def _find_lost_tags(location: str) -> list[str]:
    query = parse_qs(urlsplit(location).query)
    return [
        f"utm_{name}={value}" for name, value in UTM.items() if query.get(f"utm_{name}") != [value]
    ]


def _wait_for_row(code_id: int, seconds: float) -> bool:
    stored = select(Scan.utm_campaign).where(Scan.code_id == code_id)
    return _wait_until(lambda: db.session.scalar(stored) == UTM["campaign"], seconds)


def _wait_for_count(workspace_id: int) -> None:
    """So that it goes with the rest: told later, it would stay as a scan that is missing."""
    told = select(func.count()).where(AcceptedHour.workspace_id == workspace_id)
    _wait_until(lambda: bool(db.session.scalar(told)), _COUNT_SECONDS)


def _wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while True:
        # Each look sees what was committed since.
        db.session.rollback()
        if is_so():
            return True
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_SECONDS)


def clear_workspace(workspace: Workspace) -> None:
    """Everything in it goes, as of a workspace that is purged; the empty row stays for the next."""
    workspace_id = workspace.id
    # Every feature hears of it and empties its tables. The workspace is none that people had, so
    # the operators' log says nothing of it.
    record_event("workspace.purged", workspace, by=SYSTEM)
    delete_audit_log(workspace_id)
    db.session.execute(
        delete(Code)
        .where(Code.workspace_id == workspace_id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


CHECKS = (Check("smoke-test", "A scan from end to end", "Tracking", look_at_redirect),)
