import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from pitchbar.codes.addressing import (
    addresses_by_code,
    find_code_on,
    find_usable_domain,
    place_on,
    place_on_our_host,
)
from pitchbar.codes.destination_trace import begin_trace, trace_change
from pitchbar.codes.errors import AddressStays, InvalidShortCode, ShortCodeTaken, WrongConfirmation
from pitchbar.codes.fields import assign, snapshot, told
from pitchbar.codes.labels.services import ensure_labels, name_labels, relabel
from pitchbar.codes.models import ACTIVE, ARCHIVED, Code
from pitchbar.codes.queries import count_active_codes, find_code_by_short_code, get_code_destination
from pitchbar.core import clock
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.core.tokens import new_short_code
from pitchbar.domains.models import Domain
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import bus, db
from pitchbar.settings import Settings
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import CODES

TOPIC = "codes"
SHORT_CODE = re.compile(r"[a-z0-9_-]{3,64}")
# What hangs together with other values of the code, or leaves a trace.
_HELD = {"destination_url", "starts_at", "ends_at", "password", "labels"}


def create_code(
    workspace: Workspace, by: Actor, settings: Settings, *, status: str = ACTIVE, **fields: Any
) -> Code:
    """Adds a code; `labels` are names, and without a `short_code` one is chosen at random. `domain`
    names an own domain of the workspace, and nothing our own host.

    Raises:
        InvalidDestination, InvalidShortCode, ShortCodeTaken, UnusableDomain, PlanLimitReached, and
        what `assign` and `ensure_labels` raise.
    """
    domain = find_usable_domain(workspace, fields.pop("domain", None))
    chosen = _chosen_short_code(fields.pop("short_code", None))
    author_id = by.id if by.kind == "person" else None
    code = Code(workspace_id=workspace.id, created_by_id=author_id, status=status)
    assign(code, fields, settings)
    labels = ensure_labels(workspace, fields.get("labels") or (), by)
    if status == ACTIVE:
        _require_room(workspace)
    _insert_with_short_code(code, "" if domain else chosen)
    if domain:
        place_on(code, domain, chosen)
    relabel(code, labels)
    begin_trace(code, by)
    _record(code, by, "code.created", {}, {"labels": name_labels(labels)} if labels else {})
    return code


def require_free_short_code(typed: str | None, domain: Domain | None = None) -> None:
    """Said before anything is made; none is as good, as one is then chosen at random.

    Raises:
        InvalidShortCode, ShortCodeTaken
    """
    chosen = _chosen_short_code(typed)
    if chosen and find_holder(chosen, domain):
        raise ShortCodeTaken(chosen)


def find_holder(short_code: str, domain: Domain | None) -> Code | None:
    """Whose it is on that domain, or on our own host; the code may be deleted."""
    return find_code_on(domain, short_code) if domain else find_code_by_short_code(short_code)


def _chosen_short_code(typed: str | None) -> str:
    chosen = str(typed or "").strip().lower()
    if chosen and not SHORT_CODE.fullmatch(chosen):
        raise InvalidShortCode
    return chosen


def update_code(code: Code, by: Actor, settings: Settings, **fields: Any) -> None:
    """Changes the named fields only. The short code stays: it is printed. `labels` are names, and
    all that the code has from now on; `password` is one in words, None or empty for none.

    Raises:
        InvalidDestination, and what `assign` and `ensure_labels` raise.
    """
    # Labels that are new are made in turn, before anything of the code is held.
    labels = None
    if fields.get("labels") is not None:
        workspace = db.session.get_one(Workspace, code.workspace_id)
        labels = ensure_labels(workspace, fields["labels"], by)
    if fields.keys() & _HELD:
        # Whoever changes it at the same time waits: each change leaves its own trace.
        db.session.refresh(code, with_for_update=True)
    before, after = snapshot(code), {}
    assign(code, fields, settings)
    trace_change(code, by, before["destination_url"])
    if labels is not None:
        before["labels"], after["labels"] = relabel(code, labels)
    _record(code, by, "code.updated", before, after)


def move_code(code: Code, by: Actor, *, domain: str = "", short_code: str = "") -> None:
    """Gives the code another address; those it had lead on. Without a short code it keeps its
    present one on the domain; our own host, which nothing names, knows it by its first.

    Raises:
        UnusableDomain, InvalidShortCode, ShortCodeTaken
    """
    workspace = db.session.get_one(Workspace, code.workspace_id)
    target = find_usable_domain(workspace, domain)
    chosen = _chosen_short_code(short_code)
    before = snapshot(code)
    if target:
        place_on(code, target, chosen or code.present_short_code)
    elif chosen in ("", code.short_code):
        place_on_our_host(code)
    else:
        raise AddressStays
    if snapshot(code) != before:
        _record(code, by, "code.moved", before)


def lead_again(code: Code, by: Actor, settings: Settings, destination_id: int) -> str:
    """Leads the code to a destination that it had before, and returns that destination.

    Raises:
        DestinationNotFound, InvalidDestination: what was allowed then need not be so today.
    """
    earlier = get_code_destination(code, destination_id)
    update_code(code, by, settings, destination_url=earlier.destination_url)
    return code.destination_url


def archive_code(code: Code, by: Actor) -> None:
    """Scans of an archived code see a plain page; its figures stay."""
    before = snapshot(code)
    code.status = ARCHIVED
    _record(code, by, "code.archived", before)


def restore_code(code: Code, by: Actor) -> None:
    """Raises PlanLimitReached. A code that is active already needs no room."""
    before = snapshot(code)
    if code.status != ACTIVE:
        workspace = db.session.get_one(Workspace, code.workspace_id)
        _require_room(workspace)
    code.status = ACTIVE
    _record(code, by, "code.restored", before)


def delete_code(code: Code, by: Actor, confirmation: str) -> None:
    """Removes the code for good; its short code is never given out again.

    Raises:
        WrongConfirmation: unless `confirmation` is the code's name.
    """
    # A page shows a run of spaces as one, so that is what people type.
    if confirmation.split() != code.name.split():
        raise WrongConfirmation
    before = snapshot(code)
    code.deleted_at = clock.now()
    _record(code, by, "code.deleted", before)


def lock_code(code: Code) -> bool:
    """Keeps others from changing the code until the end of the transaction; False when somebody
    has changed it since it was read here.
    """
    unchanged = (Code.id == code.id, Code.updated_at == code.updated_at)
    hold = update(Code).where(*unchanged).values(updated_at=Code.updated_at)
    return bool(changed_rows(db.session, hold.execution_options(synchronize_session=False)))


def _require_room(workspace: Workspace) -> None:
    lock_workspace(workspace.id)
    require_room(workspace.plan, CODES, lambda: count_active_codes(workspace))


def _insert_with_short_code(code: Code, chosen: str) -> None:
    # Two people may choose one short code at once: the unique index decides, not a look before.
    attempts = [chosen] if chosen else [new_short_code() for _ in range(5)]
    for short_code in attempts:
        code.short_code = short_code
        try:
            with db.session.begin_nested():
                db.session.add(code)
        except IntegrityError:
            continue
        return
    raise ShortCodeTaken(attempts[-1])


def _record(
    code: Code,
    by: Actor,
    what: str,
    before: dict[str, Any],
    more: Mapping[str, Any] | None = None,
) -> None:
    """Resolvers everywhere look again once this is committed. `more` is what else it became."""
    db.session.flush()
    old, new = told(before, {**snapshot(code), **(more or {})})
    record_event(what, code, by=by, before=old, after=new)
    tell_edges([code])


def tell_edges(codes: Sequence[Code]) -> None:
    """Once what was done to the codes is committed."""
    addresses = addresses_by_code([code.id for code in codes])
    messages = [
        {"short_code": code.short_code, "addresses": addresses.get(code.id, [])} for code in codes
    ]

    def publish() -> None:
        for message in messages:
            bus.publish(TOPIC, message)

    after_commit(db.session(), publish)
