"""Leads chosen in their list, changed together; the list comes back as it was."""

from flask import Blueprint, Response, flash, request

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.leads.errors import InvalidLead, NothingChosen
from pitchbar.leads.forms import chosen_ids, typed_owner
from pitchbar.leads.listing import Listing
from pitchbar.leads.models import STATUSES
from pitchbar.leads.queries import list_chosen
from pitchbar.leads.services import delete_leads, set_owner, set_status
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("lead_selections", __name__, url_prefix="/w/<slug>/leads")


@bp.post("/changes")
@requires("edit_leads")
@form_on("leads.index")
def change(workspace: Workspace) -> Response:
    """Status or owner of those that are ticked, whichever button was pressed."""
    leads, what = list_chosen(workspace, chosen_ids()), request.form.get("change", "")
    if not leads:
        raise NothingChosen
    if what == "status":
        changed = set_status(leads, request.form.get("status", ""), current_actor())
        now = f"“{STATUSES[request.form['status']]}”"
    elif what == "owner":
        changed = set_owner(workspace, leads, typed_owner(), current_actor())
        now = "with their new owner" if typed_owner() else "without an owner"
    else:
        raise InvalidLead("change", "Choose a status or an owner.")
    db.session.commit()
    flash(f"{in_words(len(changed) or len(leads)).capitalize()} now {now}.", "success")
    return go_to(Listing.read(request.args).url(workspace))


@bp.get("/deletion")
@requires("edit_leads")
def confirm_deletion(workspace: Workspace) -> Response:
    leads = list_chosen(workspace, chosen_ids())
    if not leads:
        flash(NothingChosen().message, "error")
        return go_to(Listing.read(request.args).url(workspace))
    return render("leads/delete.html", leads=leads, listing=Listing.read(request.args))


@bp.post("/deletion")
@requires("edit_leads")
@form_on("leads.index")
def delete(workspace: Workspace) -> Response:
    leads = list_chosen(workspace, chosen_ids())
    if not leads:
        raise NothingChosen
    count = len(leads)
    delete_leads(leads, current_actor())
    db.session.commit()
    flash(f"{in_words(count).capitalize()} deleted.", "success")
    return go_to(Listing.read(request.args).url(workspace))


def in_words(count: int) -> str:
    return "one lead is" if count == 1 else f"{count} leads are"
