from typing import Any

from flask import Blueprint, Response, flash, request, stream_with_context, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.chat.settings import ChatSettings
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render, wants_fragment
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.leads.errors import InvalidLead
from pitchbar.leads.exporting import csv_of
from pitchbar.leads.forms import NoteForm, typed_owner
from pitchbar.leads.listing import ORDERS, SCORES, Listing
from pitchbar.leads.models import NEW, QUALIFIED, STATUSES, WON, Lead
from pitchbar.leads.panels import list_tabs, render_panels
from pitchbar.leads.queries import (
    get_lead,
    has_leads,
    list_agents,
    list_board,
    list_leads,
    list_notes,
    list_owners,
    names_for,
)
from pitchbar.leads.scoring import RULES, worded
from pitchbar.leads.services import add_note, delete_note, set_owner, set_status
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("leads", __name__, url_prefix="/w/<slug>/leads")


@bp.app_template_global("worded_reasons")
def worded_reasons(lead: Lead) -> list[dict[str, object]]:
    return worded(lead.reasons)


@bp.app_template_global("status_kind")
def status_kind(status: str) -> str:
    """How the badge of a status looks."""
    return {NEW: "warn", QUALIFIED: "live", WON: "live"}.get(status, "")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    listing = Listing.read(request.args)
    page = list_leads(workspace, listing)
    return render(
        "leads/index.html",
        "leads/_list.html",
        page=page,
        names=names_for(workspace, page.items),
        **_frame(workspace, listing, "table"),
    )


@bp.get("/board")
@requires("view")
def board(workspace: Workspace) -> Response:
    return _board(workspace, Listing.read(request.args))


@bp.get("/<int:lead_id>")
@requires("view")
def show(workspace: Workspace, lead_id: int) -> Response:
    return _show(workspace, get_lead(workspace, lead_id), NoteForm(formdata=None))


@bp.post("/<int:lead_id>/status")
@requires("edit_leads")
@form_on("leads.show")
def change_status(workspace: Workspace, lead_id: int) -> Response:
    """From the lead's page, or from the board, which comes back as it is now."""
    lead = get_lead(workspace, lead_id)
    set_status([lead], request.form.get("status", ""), current_actor())
    db.session.commit()
    if wants_fragment():
        return _board(workspace, Listing.read(request.args))
    if request.form.get("from") == "board":
        return go_to(Listing.read(request.args).url(workspace, "leads.board"))
    flash(f"The status is “{STATUSES[lead.status]}” now.", "success")
    return _to_lead(workspace, lead_id)


@bp.post("/<int:lead_id>/owner")
@requires("edit_leads")
@form_on("leads.show")
def change_owner(workspace: Workspace, lead_id: int) -> Response:
    lead = get_lead(workspace, lead_id)
    set_owner(workspace, [lead], typed_owner(), current_actor())
    db.session.commit()
    flash("The lead has an owner." if lead.owner_id else "Nobody has this lead now.", "success")
    return _to_lead(workspace, lead_id)


@bp.post("/<int:lead_id>/notes")
@requires("edit_leads")
@form_on("leads.show")
def create_note(workspace: Workspace, lead_id: int) -> Response:
    lead, form = get_lead(workspace, lead_id), NoteForm()
    form.validate()
    with form_errors(form):
        add_note(lead, current_user, form.text.data or "", current_actor())
    if form.errors:
        return _show(workspace, get_lead(workspace, lead_id), form, form.http_status)
    db.session.commit()
    return _to_lead(workspace, lead_id)


@bp.post("/<int:lead_id>/notes/<int:note_id>/removal")
@requires("edit_leads")
@form_on("leads.show")
def remove_note(workspace: Workspace, lead_id: int, note_id: int) -> Response:
    delete_note(get_lead(workspace, lead_id), note_id, current_actor())
    db.session.commit()
    flash("The note is deleted.", "success")
    return _to_lead(workspace, lead_id)


@bp.post("/exports")
@requires("export")
@form_on("leads.index")
def export(workspace: Workspace) -> Response:
    """The whole list as CSV, as it is narrowed."""
    if request.form.get("kind") != "csv":
        raise InvalidLead("kind", "Leads can be exported as CSV.")
    listing = Listing.read(request.args)
    about = Subject("export", workspace.id, "Leads as csv", workspace.id)
    record_event("leads.exported", about, by=current_actor(), after={"filters": listing.args()})
    db.session.commit()
    response = Response(stream_with_context(csv_of(workspace, listing)), mimetype="text/csv")
    return as_attachment(response, f"{workspace.slug}-leads.csv")


def _frame(workspace: Workspace, listing: Listing, shown: str) -> dict[str, Any]:
    """What the table and the board have in common."""
    return {
        "listing": listing,
        "shown": shown,
        "statuses": STATUSES,
        "scores": SCORES,
        "orders": ORDERS,
        "owners": list_owners(workspace),
        "agents": list_agents(workspace),
        "tabs": list_tabs(),
        "has_leads": has_leads(workspace),
        "kept_days": current_settings()[ChatSettings].chat_retention_days,
    }


def _board(workspace: Workspace, listing: Listing) -> Response:
    columns = list_board(workspace, listing.of_status(""))
    leads = [lead for page in columns.values() for lead in page.items]
    return render(
        "leads/board.html",
        "leads/_board.html",
        columns=columns,
        names=names_for(workspace, leads),
        **_frame(workspace, listing.of_status(""), "board"),
    )


def _show(workspace: Workspace, lead: Lead, form: NoteForm, status: int = 200) -> Response:
    return render(
        "leads/show.html",
        lead=lead,
        form=form,
        reasons=worded(lead.reasons),
        rules=RULES,
        statuses=STATUSES,
        owners=list_owners(workspace),
        names=names_for(workspace, [lead]),
        notes=list_notes(lead),
        panels=render_panels(workspace, lead),
        kept_days=current_settings()[ChatSettings].chat_retention_days,
        http_status=status,
    )


def _to_lead(workspace: Workspace, lead_id: int) -> Response:
    return go_to(url_for("leads.show", slug=workspace.slug, lead_id=lead_id))
