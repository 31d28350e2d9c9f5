"""The message about a week."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pitchbar.clients.mail_format import Mail, Picture
from pitchbar.mailing.messages import compose
from pitchbar.settings import current_settings
from pitchbar.summaries.loading import Week
from pitchbar.summaries.picture import HEIGHT, NAME, WIDTH, describe, draw_png
from pitchbar.summaries.wording import (
    change_in_words,
    compared,
    subject_of,
    talk_in_words,
    week_in_words,
)
from pitchbar.workspaces.models import Workspace

TEMPLATE = "summaries/week"


def message_about(workspace: Workspace, week: Week) -> Mapping[str, Any]:
    """What `compose` and `queue_mail` take of it, but for whom it goes to and the picture."""
    page = f"{current_settings().app_url}/w/{workspace.slug}"
    return {
        "subject": subject_of(workspace.name, week),
        "workspace_name": workspace.name,
        "week": week,
        "range": week_in_words(week.first, week.last),
        "compared": compared,
        "change": change_in_words(week.change) if week.change else "",
        "talk": talk_in_words(week.talk) if week.talk else "",
        "picture": {"name": NAME, "width": WIDTH, "height": HEIGHT, "alt": describe(week.days)},
        "link": f"{page}/?from={week.first}&to={week.last}",
        "link_label": "See the board of this week",
    }


def compose_preview(workspace: Workspace, week: Week, to: str) -> Mail:
    """As it is sent, but for the way out of the list, which only its reader gets."""
    mail = compose(TEMPLATE, to=to, **message_about(workspace, week))
    return replace(mail, pictures=(picture_of(week),))


def picture_of(week: Week) -> Picture:
    return Picture(NAME, draw_png(week.days))
