from typing import Any

from sqlalchemy import delete, func, update

from pitchbar.codes.addressing import leave_domain
from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.domain_uses import CODES
from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.models import Code, CodeAddress, CodeDestination, CodeEdit
from pitchbar.codes.outward import declare_events
from pitchbar.codes.queries import count_active_codes_of
from pitchbar.core import clock
from pitchbar.core.utm import Utm
from pitchbar.domains.targets import clean_targets_with
from pitchbar.domains.uses import register_users
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.workspaces.plan_usage import declare_standing
from pitchbar.workspaces.plans import CODES as CODES_LIMIT


def register() -> None:
    subscribe("workspace.purged", erase_codes)
    # A domain that is removed or another's now leads to none of the codes any more.
    subscribe("domain.removed", leave_lost_domain)
    subscribe("domain.lost", leave_lost_domain)
    clean_targets_with(clean_destination)
    register_users(CODES)
    declare_standing(CODES_LIMIT, count_active_codes_of)
    declare_events()


def leave_lost_domain(event: Event) -> None:
    leave_domain(int(event.subject.id))


def erase_codes(event: Event) -> None:
    """Short codes stay taken, since they are printed; all else of the codes goes.

    Resolvers are not told one by one: each looks again within two seconds anyway.
    """
    values: dict[str, Any] = dict(Utm().columns())
    values |= {"name": "", "destination_url": "", "notes": "", "created_by_id": None}
    values |= {"campaign": "", "fallback_url": "", "password_hash": None, "routing": None}
    values |= {"design": None}
    values |= {"starts_at": None, "ends_at": None, "scan_limit": None}
    values |= {"domain_id": None, "domain_short_code": None}
    values["deleted_at"] = func.coalesce(Code.deleted_at, clock.now())
    workspace_id = int(event.subject.id)
    traces = CodeDestination.workspace_id == workspace_id
    db.session.execute(delete(CodeDestination).where(traces))
    for model in (CodeAddress, CodeLabel, Label, CodeEdit):
        db.session.execute(delete(model).where(model.workspace_id == workspace_id))
    of_workspace = Code.workspace_id == workspace_id
    db.session.execute(
        update(Code).where(of_workspace).values(values).execution_options(synchronize_session=False)
    )
