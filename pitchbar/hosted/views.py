"""`/c/<agent>`: a page of its own on which anybody speaks with an agent, also without scripts.

Each form carries the token of its visitor, so there is nothing to forge; with scripts the same page
speaks with the widget's API. What is refused is said where it was typed, and stays there.
"""

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask_limiter import RateLimitExceeded

from pitchbar.accounts.access import open_to_all
from pitchbar.chat.access import bearer_text, limit_key_of
from pitchbar.chat.asking import ask
from pitchbar.chat.blueprint import init_rate, limit_leads, limit_messages, widget_rate
from pitchbar.chat.consent import give_consent
from pitchbar.chat.errors import NotOffered, TokenInvalid, UnknownAgent, UnknownMessage
from pitchbar.chat.gates import COMING_IN, one_after_another
from pitchbar.chat.services import (
    clear_conversation,
    erase_visitor,
    give_feedback,
    keep_lead,
    request_person,
)
from pitchbar.chat.starting import new_conversation
from pitchbar.chat.tokens import WidgetToken
from pitchbar.chat.visitors import A_VISITOR
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to
from pitchbar.errors import DomainError
from pitchbar.extensions import csrf, db, limiter, request_address
from pitchbar.hosted.refusing import FormTooOld, Refuse, refuse, refuse_haste
from pitchbar.hosted.showing import render_gone, render_page, render_part
from pitchbar.hosted.typed import read_id, typed_lead
from pitchbar.hosted.visiting import (
    Visit,
    find_hosted,
    forget,
    page_address,
    read_page_token,
    remember,
    visit,
    written_token,
)

bp = Blueprint("hosted_page", __name__, url_prefix="/c")
# As many as the widget may, whatever they are; what costs more has limits of its own.
limiter.shared_limit(widget_rate, scope="hosted", methods=["POST"])(bp)
# The token that each form carries is the visitor's, and nobody else can make it.
csrf.exempt(bp)

Handler = Callable[[Visit], Response]


def _page_key() -> str:
    return f"{request_address()} {str((request.view_args or {}).get('public_id'))[:40]}"


def _visitor_key() -> str:
    token = read_page_token(request.form.get("token", ""))
    return limit_key_of(token) if token else request_address()


def _taking(handle: Handler) -> Callable[[str], Response]:
    """For what a form of the page sends."""

    @wraps(handle)
    def taken(public_id: str) -> Response:
        try:
            return handle(_sent_visit(public_id))
        except UnknownAgent:
            db.session.rollback()
            return render_gone(request.form.get("text", ""))
        except DomainError as error:
            db.session.rollback()
            return _show_again(public_id, error.status, refuse(error))

    return taken


@bp.errorhandler(RateLimitExceeded)
def _too_many(error: RateLimitExceeded) -> Response:
    public_id = str((request.view_args or {}).get("public_id"))
    try:
        return _show_again(public_id, 429, refuse_haste())
    except UnknownAgent:
        return render_gone(request.form.get("text", ""))


@bp.get("/<public_id>")
@limiter.limit(init_rate, key_func=_page_key)
@open_to_all
@one_after_another
def show(public_id: str) -> Response:
    try:
        agent, time_zone = find_hosted(public_id)
    except UnknownAgent:
        return render_gone()
    found = visit(agent, time_zone)
    response = render_page(found)
    db.session.commit()
    return remember(response, found)


@bp.get("/<public_id>/messages")
@open_to_all
@one_after_another
def list_messages(public_id: str) -> Response:
    """As they are drawn, for the page's script; and a token that goes on from here."""
    agent, time_zone = find_hosted(public_id)
    text = bearer_text()
    if read_page_token(text, agent) is None:
        raise TokenInvalid
    found = visit(agent, time_zone, text)
    after = read_id(request.args.get("after", ""))
    response = render_part(found, [one for one in found.messages if not after or one.id > after])
    response.headers["Chat-Token"] = written_token(found.token)
    db.session.commit()
    return response


@bp.post("/<public_id>/messages")
@form_on("hosted_page.show")
@limit_messages(_visitor_key)
@open_to_all
@_taking
def create_message(found: Visit) -> Response:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # for its thread
    text = request.form.get("text", "")
    with COMING_IN:
        events = ask(app, found.caller, text, page_address(found.token.agent))
    # The turn runs in a thread of its own; its answer is on the page that follows.
    db.session.remove()
    for _ in events:
        pass
    return _back(found, found.token)


@bp.post("/<public_id>/consent")
@form_on("hosted_page.show")
@open_to_all
@_taking
def create_consent(found: Visit) -> Response:
    give_consent(found.caller)
    return _back(found, found.token)


@bp.post("/<public_id>/leads")
@form_on("hosted_page.show")
@limit_leads(_visitor_key)
@open_to_all
@_taking
def create_lead(found: Visit) -> Response:
    if not found.caller.agent.config.lead_form.is_offered:
        raise NotOffered
    keep_lead(found.caller, typed_lead(), A_VISITOR)
    db.session.commit()
    return _back(found, found.token)


@bp.post("/<public_id>/person")
@form_on("hosted_page.show")
@open_to_all
@_taking
def create_request(found: Visit) -> Response:
    if not found.caller.agent.config.offers_person:
        raise NotOffered
    request_person(found.caller)
    db.session.commit()
    return _back(found, found.token)


@bp.post("/<public_id>/satisfaction")
@form_on("hosted_page.show")
@open_to_all
@_taking
def create_opinion(found: Visit) -> Response:
    value = request.form.get("value")
    message_id = read_id(request.form.get("message_id", ""))
    if message_id is None:
        raise UnknownMessage
    text = request.form.get("text", "").replace("\x00", "")[:2000]
    give_feedback(
        found.caller, message_id, value if value in ("up", "down") else None, text.strip()
    )
    db.session.commit()
    return _back(found, found.token)


@bp.post("/<public_id>/clear")
@form_on("hosted_page.show")
@open_to_all
@_taking
def clear(found: Visit) -> Response:
    clear_conversation(found.caller)
    db.session.commit()
    return _back(found, new_conversation(found.token))


@bp.post("/<public_id>/erasure")
@form_on("hosted_page.show")
@open_to_all
@_taking
def erase(found: Visit) -> Response:
    erase_visitor(found.caller, A_VISITOR)
    db.session.commit()
    address = url_for("hosted_page.show", public_id=found.token.agent, erased=1)
    return forget(go_to(address), found.token.agent)


def _sent_visit(public_id: str) -> Visit:
    """Raises UnknownAgent, FormTooOld."""
    with COMING_IN:
        agent, time_zone = find_hosted(public_id)
        sent = request.form.get("token", "")
        if read_page_token(sent, agent) is None:
            raise FormTooOld
        found = visit(agent, time_zone, sent)
        db.session.commit()
    return found


def _show_again(public_id: str, status: int, why: Refuse) -> Response:
    """The page with what was typed, and what is wrong with it."""
    agent, time_zone = find_hosted(public_id)
    sent = request.form.get("token", "")
    found = visit(agent, time_zone, sent if read_page_token(sent, agent) else "")
    response = render_page(found, status=status, typed=request.form, refused=why)
    db.session.commit()
    return remember(response, found)


def _back(found: Visit, token: WidgetToken) -> Response:
    response = go_to(url_for("hosted_page.show", public_id=token.agent) + "#last")
    return remember(response, found, token)
