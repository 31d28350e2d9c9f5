"""`look`: asked by every page that carries the widget, so it reads little and writes nothing."""

from flask import Response, request

from pitchbar.accounts.access import open_to_all
from pitchbar.agents.hours import is_open
from pitchbar.api.endpoints import endpoint
from pitchbar.chat.access import check_origin, check_path, get_agent
from pitchbar.chat.answering import agent_body
from pitchbar.chat.blueprint import TOPIC, widget_blueprint, widget_rate
from pitchbar.core import clock
from pitchbar.extensions import limiter, request_address
from pitchbar.settings import current_settings
from pitchbar.widget.languages import choose_language
from pitchbar.widget.look_payloads import Look, LookQuery, TriggerLook
from pitchbar.widget.look_words import LookWords
from pitchbar.widget.settings import WidgetSettings

bp = widget_blueprint("widget_look_api")


def _look_rate() -> str:
    return current_settings()[WidgetSettings].ratelimit_widget_look


def _look_limit_key() -> str:
    return f"{request_address()} {request.args.get('agent', '')[:40]}"


@bp.after_request
def _keep_for_a_minute(response: Response) -> Response:
    if request.method == "GET" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = "private, max-age=60"
        response.vary.add("Accept-Language")
    return response


@bp.get("/look")
# Of all agents together, and not counted with what visitors say: pages are opened more often.
@limiter.limit(widget_rate, methods=["GET"])
@limiter.limit(_look_rate, key_func=_look_limit_key, methods=["GET"])
@open_to_all
@endpoint(TOPIC, query=LookQuery, response=Look, errors=(403, 404, 422))
def look(query: LookQuery) -> Look:
    """How an agent looks on a page

    What is shown before anybody asks: nothing is stored, and no token is needed. Refused with 403
    where the page's origin is not allowed or its path restricted: show nothing then.
    """
    agent, time_zone = get_agent(query.agent)
    check_origin(agent)
    check_path(agent, f"https://page.invalid/{query.path.lstrip('/')}")
    wishes = (agent.config.language, query.language, *request.accept_languages.values())
    language = choose_language(wishes)
    return Look(
        agent=agent_body(agent, time_zone),
        language=language,
        words=LookWords.of(language),
        triggers=[TriggerLook.of(one) for one in agent.config.triggers],
        is_open=is_open(agent.config.hours, time_zone, clock.now()),
    )
