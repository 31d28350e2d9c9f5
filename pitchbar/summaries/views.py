"""The weekly mail as it is sent, before it is sent, and whether one wants it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, make_response, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.analytics.engine import EngineUnavailable
from pitchbar.clients.mail_format import compose_message, html_with_pictures
from pitchbar.core import clock
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import current_settings
from pitchbar.summaries.loading import load_week
from pitchbar.summaries.mail import compose_preview
from pitchbar.summaries.sending import find_summary
from pitchbar.summaries.services import is_wanted, set_wanted
from pitchbar.summaries.settings import SummarySettings
from pitchbar.summaries.weeks import WEEK, last_week, monday_of
from pitchbar.summaries.wording import week_in_words
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("summaries", __name__, url_prefix="/w/<slug>/summary")

# A message is shown as a mail program would: its own styles, nothing from outside, no script.
_MESSAGE_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_MOST_WEEKS = 53


@bp.get("")
@requires("view")
def show(workspace: Workspace) -> Response:
    first = _read_week(workspace)
    newest = last_week(clock.now(), workspace.time_zone)
    return render(
        "summaries/show.html",
        first=first,
        range=week_in_words(first, first + WEEK - timedelta(days=1)),
        earlier=first - WEEK if newest - first < _MOST_WEEKS * WEEK else None,
        later=first + WEEK if first < newest else None,
        sent=find_summary(workspace, first),
        is_wanted=is_wanted(workspace, current_user),
        hour=current_settings()[SummarySettings].summary_hour,
        next_at=_next_at(workspace),
    )


@bp.get("/message")
@requires("view")
def message(workspace: Workspace) -> Response:
    """The mail itself, for the frame of the page."""
    try:
        week = load_week(workspace, _read_week(workspace))
    except EngineUnavailable:
        return _framed(render("summaries/unavailable.html", http_status=503))
    mail = compose_preview(workspace, week, current_user.email)
    sender = current_settings()[MailSettings].mail_from
    page = html_with_pictures(compose_message(mail, sender))
    return _framed(make_response(page.replace("<head>", '<head><base target="_top">', 1)))


@bp.post("/subscription")
@requires("view")
def subscribe(workspace: Workspace) -> Response:
    wants = request.form.get("wanted") == "yes"
    set_wanted(workspace, current_user, current_actor(), is_wanted=wants)
    db.session.commit()
    told = "You get it from next Monday on." if wants else "You get no more of these."
    flash(told, "success")
    return go_to(url_for("summaries.show", slug=workspace.slug))


def _framed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _MESSAGE_CSP
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _read_week(workspace: Workspace) -> date:
    """The week that holds the day in `week`; without one, the last that is over."""
    newest = last_week(clock.now(), workspace.time_zone)
    if "week" not in request.args:
        return newest
    try:
        first = monday_of(date.fromisoformat(request.args["week"]))
    except (ValueError, OverflowError):
        raise NotFound("There is no such week.") from None
    if not newest - _MOST_WEEKS * WEEK <= first <= newest:
        raise NotFound("Summaries are there of whole weeks of the last year.")
    return first


def _next_at(workspace: Workspace) -> datetime:
    zone, hour = ZoneInfo(workspace.time_zone), current_settings()[SummarySettings].summary_hour
    now = clock.now().astimezone(zone)
    at = datetime.combine(monday_of(now.date()), datetime.min.time(), zone).replace(hour=hour)
    return at if at > now else at + WEEK
