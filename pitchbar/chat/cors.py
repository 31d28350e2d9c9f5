"""What a browser is told about pages of other origins: exactly those get leave that an agent lets
in. Nothing here goes by cookies.
"""

from flask import Response, g, make_response, request
from sqlalchemy import String, cast, or_, select
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.agents.models import Agent
from pitchbar.chat.origins import read_origin, spellings_that_allow
from pitchbar.extensions import db
from pitchbar.settings import current_settings

_METHODS = "GET, POST, DELETE"
_HEADERS = "Authorization, Content-Type, Last-Event-ID"
_EXPOSED = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id"
# How long a browser need not ask again.
_MAX_AGE = 600


def asking_origin() -> str | None:
    """Of the page that asks; None where none is said, or none that can be let in.

    A page of our own does not say where it is when it only reads; that it is ours, the browser
    says in another way.
    """
    said = request.headers.get("Origin")
    if said is None and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return own_origin()
    return read_origin(said or "")


def own_origin() -> str | None:
    return read_origin(current_settings().app_url)


def let_in(origin: str) -> None:
    """This request's answer may be read by the page."""
    g.widget_origin = origin


def answer_preflight() -> Response | None:
    """A browser asks before it sends: it has neither agent nor token then, so whoever any agent
    lets in may go on, and is looked at when it comes.
    """
    if request.method != "OPTIONS":
        return None
    response = make_response("", 204)
    if _is_known():
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _HEADERS
        response.headers["Access-Control-Max-Age"] = str(_MAX_AGE)
    return response


def add_headers(response: Response) -> Response:
    """Also to refusals that come before an agent is known, such as of an expired token."""
    response.vary.update(["Origin"])
    if "widget_origin" in g or (_is_unknown_agents() and _is_known()):
        if origin := request.headers.get("Origin"):
            response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    return response


def refuse() -> None:
    """The agent is known, and this page is not let in."""
    g.is_widget_refused = True


def _is_unknown_agents() -> bool:
    return "is_widget_refused" not in g


def _is_known() -> bool:
    """Whether any agent that is published lets this page in, or it is our own."""
    origin = read_origin(request.headers.get("Origin", ""))
    if origin is None:
        return False
    if origin == own_origin():
        g.widget_origin = origin
        return True
    written = cast(Agent.allowed_origins, String)
    spellings = spellings_that_allow(origin)
    entries = [written.icontains(f'"{one}"', autoescape=True) for one in spellings]
    published = select(Agent.id).where(Agent.published_version_id.is_not(None))
    try:
        found = db.session.execute(published.where(or_(*entries)).limit(1)).first()
    except SQLAlchemyError:
        return False
    if found is not None:
        g.widget_origin = origin
    return found is not None
