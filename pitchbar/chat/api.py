"""The calls by which a visitor speaks with an agent."""

from collections.abc import Iterator

from flask import Flask, Response, current_app, request

from pitchbar.accounts.access import open_to_all
from pitchbar.api.endpoints import endpoint
from pitchbar.chat.access import (
    Caller,
    bearer_text,
    check_origin,
    check_path,
    get_agent,
    opens_widget,
    start_limit_key,
    visitor_limit_key,
)
from pitchbar.chat.answering import started
from pitchbar.chat.asking import ask, resume
from pitchbar.chat.blueprint import TOPIC, init_rate, limit_messages, widget_blueprint
from pitchbar.chat.gates import one_after_another
from pitchbar.chat.listening import list_when_there_is_news
from pitchbar.chat.models import PAGE
from pitchbar.chat.payloads import After, MessageList, NewMessage, Start, Started
from pitchbar.chat.starting import begin
from pitchbar.extensions import limiter

bp = widget_blueprint("widget_api")

EVENT_STREAM = "text/event-stream"
_RESUMES = "Last-Event-ID"


def _resumes() -> bool:
    return _RESUMES in request.headers


@bp.post("/init")
@limiter.limit(init_rate, key_func=start_limit_key, methods=["POST"])
@open_to_all
@one_after_another
@endpoint(TOPIC, body=Start, response=Started, errors=(413, 415, 422))
def init(payload: Start) -> Started:
    """Begin, or go on

    Answers with a token for the calls that follow, and with what was said before: in the
    conversation of the token that is sent along (also of one that has expired, within
    `WIDGET_RENEWAL_HOURS`), else in the visitor's last one, unless it has been silent for a day.
    `visitor` in the answer is a secret of the browser: whoever has it is this visitor.
    """
    agent, time_zone = get_agent(payload.agent)
    origin = check_origin(agent)
    check_path(agent, payload.page_url)
    language = request.accept_languages.best or ""
    beginning = begin(agent, origin, payload, bearer_text(), language)
    return started(beginning.token, beginning.messages, agent, time_zone)


@bp.post("/messages")
@limit_messages(visitor_limit_key, exempt_when=_resumes)
@one_after_another
@opens_widget
@endpoint(TOPIC, body=NewMessage, media_types=(EVENT_STREAM,), errors=(413, 415, 422))
def create_message(caller: Caller, payload: NewMessage) -> Response:
    """Ask, and hear the answer as it comes

    A stream of server-sent events: `start` (`conversation_id`, `question_id`, `message_id`),
    `stage`, `token` (`text`), and in the end `done` with the whole: `message_id`, `text` (which
    counts, whatever the tokens were), `citations`, `low_confidence`, `mode`, `latency_ms`,
    `offers`, `broken_off`; or `error` with `code`, `message` for people, and `offers`. Comments
    keep the stream open while something is slow. A stream that was cut goes on where it was when
    the call is repeated with the `id` of the last event as `Last-Event-ID`: nothing is asked twice.
    Where the agent has a `consent`, the first message says `consented`; else 403 `consent_needed`.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # for its thread
    if _resumes():
        return _stream(resume(caller, request.headers[_RESUMES]))
    if caller.token.channel != PAGE:
        check_path(caller.agent, payload.page_url)
    consented = payload.consented
    return _stream(ask(app, caller, payload.text, payload.page_url, consented=consented))


@bp.get("/messages")
@opens_widget
@endpoint(TOPIC, query=After, response=MessageList, errors=(403, 422))
def list_messages(caller: Caller, query: After) -> MessageList | Response:
    """What was said

    Of this conversation, oldest first: what came after a message that you have, else the last 30;
    who of the team has joined, and whether they type. With `wait` and the `state` of the last
    answer, it answers as soon as there is something new, or after that time. Send as `after` the
    last message of this list: what a stream told comes once more. With `Last-Event-ID` it goes on
    with a stream that was cut.
    """
    if _resumes():
        return _stream(resume(caller, request.headers[_RESUMES]))
    return list_when_there_is_news(caller, query)


def _stream(events: Iterator[bytes]) -> Response:
    response = Response(events, mimetype=EVENT_STREAM)
    # Proxies are to pass on what comes, and keep nothing.
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response
