"""`/dev/widget`: a site that is not ours, to see the widget on. In development only."""

import secrets

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import select

from pitchbar.accounts.access import open_to_all
from pitchbar.agents.models import Agent
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.widget.addresses import widget_origin, widget_script
from pitchbar.widget.judging_page import policy_lines

bp = Blueprint("widget_shop", __name__, url_prefix="/dev/widget")

# As most sites: nothing is forbidden, but that others put it into a frame.
_LENIENT = "frame-ancestors 'none'"
_OWN = "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"


@bp.before_request
def _only_in_development() -> None:
    if not current_settings().is_development:
        raise NotFound


@bp.get("")
@open_to_all
def show() -> Response:
    """`?csp=strict` or `nonce`, `?dir=rtl`, `?hostile=1`; `?agent=ag_…` for another one."""
    agent = _find_agent(request.args.get("agent", "")[:40])
    nonce = secrets.token_urlsafe(12) if request.args.get("csp") == "nonce" else ""
    response = make_response(
        render_template(
            "widget/shop.html",
            snippet=widget_script(agent.public_id, nonce=nonce),
            is_rtl=request.args.get("dir") == "rtl",
            is_hostile=request.args.get("hostile") == "1",
            csp=request.args.get("csp", ""),
        )
    )
    response.headers["Content-Security-Policy"] = _policy(nonce)
    return response


def _policy(nonce: str) -> str:
    settings = current_settings()
    scripts, calls = policy_lines(widget_origin(settings), settings.app_url)
    strict = f"default-src 'none'; {_OWN}; require-trusted-types-for 'script'; {_LENIENT}; {calls}"
    if nonce:
        return f"{strict} script-src 'nonce-{nonce}' 'strict-dynamic';"
    return f"{strict} {scripts}" if request.args.get("csp") == "strict" else _LENIENT


def _find_agent(public_id: str) -> Agent:
    """The oldest that is published, where none is named."""
    found = select(Agent).where(Agent.published_version_id.is_not(None)).order_by(Agent.id).limit(1)
    if public_id:
        found = found.where(Agent.public_id == public_id)
    agent = db.session.scalar(found)
    if agent is None:
        raise NotFound("There is no published agent to show here. Publish one first.")
    return agent
