from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.summaries.models import WeeklySummary
from pitchbar.summaries.services import LIST
from pitchbar.workspaces.mailing_lists.kinds import declare_list


def register() -> None:
    subscribe("workspace.purged", delete_summaries)
    declare_list(LIST, lambda workspace_id, rest: "its week" if not rest else "")


def delete_summaries(event: Event) -> None:
    mine = WeeklySummary.workspace_id == int(event.subject.id)
    db.session.execute(
        delete(WeeklySummary).where(mine).execution_options(synchronize_session=False)
    )
