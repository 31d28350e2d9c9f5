"""The owner offers the workspace to a member, and the member answers."""

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.errors import OfferNotFound
from pitchbar.workspaces.forms import ConfirmationForm
from pitchbar.workspaces.members.queries import find_owner, get_member
from pitchbar.workspaces.models import OwnershipOffer, Workspace
from pitchbar.workspaces.ownership.queries import find_offer, find_offer_to
from pitchbar.workspaces.ownership.services import (
    accept_ownership,
    offer_ownership,
    refuse_offer,
    withdraw_offer,
)
from pitchbar.workspaces.tokens.queries import list_tokens_made_by

bp = Blueprint("owner", __name__, url_prefix="/w/<slug>")


@bp.get("/members/<int:member_id>/ownership")
@requires("transfer_ownership")
@recently_authenticated()
def confirm_offer(workspace: Workspace, member_id: int) -> Response:
    member = get_member(workspace, member_id)
    return render("workspaces/offer_ownership.html", form=ConfirmationForm(), member=member)


@bp.post("/members/<int:member_id>/ownership")
@requires("transfer_ownership")
@recently_authenticated()
def offer(workspace: Workspace, member_id: int) -> Response:
    member = get_member(workspace, member_id)
    form = ConfirmationForm()
    typed = form.confirmation.data or ""
    with form_errors(form):
        offer_ownership(workspace, member, current_actor(), current_settings(), confirmation=typed)
    if form.errors:
        context = {"form": form, "member": member}
        return render("workspaces/offer_ownership.html", http_status=form.http_status, **context)
    db.session.commit()
    flash(f"{member.person.name} is asked. Until they accept, you are the owner.", "success")
    return _to_members(workspace)


@bp.post("/ownership/withdrawal")
@requires("transfer_ownership")
def withdraw(workspace: Workspace) -> Response:
    found = find_offer(workspace)
    if found is None:
        raise OfferNotFound
    withdraw_offer(workspace, found, current_actor())
    db.session.commit()
    flash("The offer is withdrawn. You stay the owner.", "success")
    return _to_members(workspace)


@bp.get("/ownership")
@requires("view")
def show_offer(workspace: Workspace) -> Response:
    offer, owner = _my_offer(workspace), find_owner(workspace)
    return render(
        "workspaces/ownership.html",
        offer=offer,
        owner=owner,
        tokens=list_tokens_made_by(owner.person_id, workspace.id) if owner else [],
    )


@bp.post("/ownership/acceptance")
@requires("view")
def accept(workspace: Workspace) -> Response:
    keep = request.form.get("keep_tokens") == "yes"
    accept_ownership(workspace, _my_offer(workspace), current_actor(), keep_tokens=keep)
    db.session.commit()
    flash(f"You are the owner of {workspace.name} now.", "success")
    return _to_members(workspace)


@bp.post("/ownership/refusal")
@requires("view")
def refuse(workspace: Workspace) -> Response:
    refuse_offer(workspace, _my_offer(workspace), current_actor())
    db.session.commit()
    flash("You have turned the offer down. Nothing changes.", "success")
    return go_to(url_for("pages.overview", slug=workspace.slug))


def _my_offer(workspace: Workspace) -> OwnershipOffer:
    found = find_offer_to(current_user, workspace)
    if found is None:
        raise OfferNotFound
    return found


def _to_members(workspace: Workspace) -> Response:
    return go_to(url_for("members.index", slug=workspace.slug))
