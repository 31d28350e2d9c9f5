"""Leaving a mailing list by the link in its messages: nobody signs in for that."""

from dataclasses import replace

from flask import Blueprint, Response, request, url_for

from pitchbar.accounts.access import open_to_all
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.extensions import csrf, db
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists.kinds import describe_list, short_words, with_wider
from pitchbar.workspaces.mailing_lists.links import Subscription, read_unsubscribe_token
from pitchbar.workspaces.mailing_lists.services import accept_list, is_refused, refuse_list
from pitchbar.workspaces.models import Workspace

bp = Blueprint("mailing_lists", __name__, url_prefix="/unsubscribe/<list_token>")


@bp.get("")
@open_to_all
def show(list_token: str) -> Response:
    """Changes nothing: mail programs and scanners open links ahead of people."""
    return _show(list_token, _read(list_token))


@bp.post("")
@open_to_all
def leave(list_token: str) -> Response:
    """By a person's button, or by a mail program's (RFC 8058), which takes no redirect."""
    subscription = _read(list_token)
    list_key = request.form.get("list", "")
    if list_key in with_wider(subscription.list_key):
        subscription = replace(subscription, list_key=list_key)
    refuse_list(subscription)
    db.session.commit()
    if request.form.get("List-Unsubscribe") == "One-Click":
        return _show(list_token, subscription)
    return go_to(url_for("mailing_lists.show", list_token=list_token))


# Whoever holds the link may leave: a mail program has no page of ours with a token in it.
csrf.exempt(leave)


@bp.post("/return")
@open_to_all
def come_back(list_token: str) -> Response:
    accept_list(_read(list_token))
    db.session.commit()
    return go_to(url_for("mailing_lists.show", list_token=list_token))


def _read(list_token: str) -> Subscription:
    subscription = read_unsubscribe_token(list_token, current_settings())
    if subscription is None:
        raise NotFound("This link is not whole. Open it from the message again.")
    workspace = db.session.get(Workspace, subscription.workspace_id)
    if workspace is None or workspace.purged_at:
        raise NotFound("The workspace is gone, and sends no more mail.")
    return subscription


def _show(list_token: str, subscription: Subscription) -> Response:
    workspace_id = subscription.workspace_id
    lists = [(key, short_words(workspace_id, key)) for key in with_wider(subscription.list_key)]
    return render(
        "mailing_lists/unsubscribe.html",
        list_token=list_token,
        email=subscription.email,
        workspace=db.session.get_one(Workspace, workspace_id),
        lists=[(key, words) for key, words in lists if words],
        about=describe_list(workspace_id, subscription.list_key),
        is_refused=is_refused(subscription),
    )
