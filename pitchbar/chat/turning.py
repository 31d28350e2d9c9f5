"""One turn, in a thread of its own: what `answer` says becomes events, and in the end what is kept.

Between the message and the first token nothing is written to the database.
"""

import logging
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import Flask

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.hours import is_open
from pitchbar.answers import answering
from pitchbar.answers.curated import find_curated
from pitchbar.answers.running import Running
from pitchbar.answers.turns import Answered, Citation, Mode, Part, Stage, Token, Turn, Usage
from pitchbar.chat.feeds import Feed
from pitchbar.chat.gates import looking_up
from pitchbar.chat.keeping import Asked, Outcome, keep
from pitchbar.chat.person_requests import asks_for_person
from pitchbar.chat.sentences import Occasion, say
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.typed import has_words
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.core import clock, tracing
from pitchbar.core.figures import FIRST_TOKEN
from pitchbar.extensions import db
from pitchbar.settings import current_settings

log = logging.getLogger(__name__)

# Sentences of the chat's own are told apart from answers.
NOTICE, BY_PERSON = "notice", "person"


@dataclass
class _Spoken:
    """What has been sent so far; `first_at` is on the machine's monotonic clock."""

    text: list[str] = field(default_factory=list)
    answered: Answered | None = None
    error: str = ""
    first_at: float | None = None
    usage: Usage = field(default_factory=Usage)


def run_turn(app: Flask, asked: Asked, feed: Feed) -> None:
    """Ends the feed in any case."""
    with app.app_context():
        try:
            running = Running()
            own = current_settings()[ChatSettings]
            feed.when_left(own.chat_resume_seconds, running.stop)
            spoken = _speak(asked, feed, running)
            _tell_first_token(asked, spoken)
            outcome = _outcome(asked, spoken)
            keep(asked, outcome, told=lambda: _tell_end(feed, outcome, spoken))
        except Exception:
            log.exception("a turn could not be ended")
        finally:
            if not feed.is_over:
                feed.add("error", code="failed", message=say("failed", language_of(asked)))
            db.session.remove()


def _tell_first_token(asked: Asked, spoken: _Spoken) -> None:
    if spoken.first_at is not None:
        FIRST_TOKEN.observe(spoken.first_at - asked.began_at)
        tracing.record("first_token", asked.began_at, spoken.first_at)


def language_of(asked: Asked) -> str:
    return asked.agent.config.language or asked.language


def _speak(asked: Asked, feed: Feed, running: Running) -> _Spoken:
    spoken = _Spoken()
    feed.add(
        "start",
        conversation_id=str(asked.token.conversation),
        question_id=str(asked.question_id),
        message_id=str(asked.answer_id),
    )
    parts = _parts(asked, running)
    try:
        for part in parts:
            if feed.was_ended or (feed.is_left and not isinstance(part, Answered)):
                break
            _pass_on(part, feed, spoken)
            # A stream may be open for long, and connections are few.
            db.session.remove()
    except VectorsUnavailable as error:
        log.warning("A visitor was told that nothing can be looked up: %s", error)
        spoken.error = "search_unavailable"
    except Exception:
        log.exception("a turn failed")
        spoken.error = "failed"
    finally:
        parts.close()
        spoken.usage = running.usage
    return spoken


def _pass_on(part: Part, feed: Feed, spoken: _Spoken) -> None:
    if isinstance(part, Stage):
        feed.add("stage", stage=part.name)
    elif isinstance(part, Token):
        spoken.text.append(part.text)
        spoken.first_at = spoken.first_at or time.monotonic()
        feed.add("token", text=part.text)
    else:
        spoken.answered = part


def _parts(asked: Asked, running: Running) -> Generator[Part, None, None]:
    """In the order of a turn: a person, what one has written, a request for one, an answer."""
    if asked.is_taken_over:
        yield Stage("person")
        yield Answered("", cast(Mode, BY_PERSON))
        return
    if not has_words(asked.text):
        yield from _notice(asked, "no_words", [])
        return
    turn = Turn(asked.agent, asked.text, asked.history, asked.page_url, asked.language)
    if _asks_for_person(turn):
        offers = offers_now(asked.agent.config, asked.time_zone)
        yield from _notice(asked, "person" if "person" in offers else "nobody_there", offers)
        return
    if asked.is_beyond_plan:
        offers = offers_now(asked.agent.config, asked.time_zone)
        yield from _notice(asked, "beyond_plan", offers)
        return
    yield from _in_line(answering.answer(turn, running))


def _asks_for_person(turn: Turn) -> bool:
    """Unless somebody of the workspace has written what is answered to that."""
    config = turn.agent.config
    if not (config.offers_person or config.lead_form.is_offered):
        return False
    return asks_for_person(turn.text) and find_curated(turn) is None


def _in_line(parts: Iterator[Part]) -> Generator[Part, None, None]:
    """Until the passages are there, only some at a time."""
    try:
        with looking_up():
            for part in parts:
                yield part
                if not (isinstance(part, Stage) and part.name == "searching"):
                    break
        yield from parts
    finally:
        if isinstance(parts, Generator):
            parts.close()


def _notice(asked: Asked, occasion: Occasion, offers: list[str]) -> Iterator[Part]:
    text = say(occasion, language_of(asked))
    yield Token(text)
    yield Answered(text, cast(Mode, NOTICE), offers=offers)


def offers_now(config: AgentConfig, time_zone: str) -> list[str]:
    """A person only while somebody is there."""
    is_there = config.offers_person and is_open(config.hours, time_zone, clock.now())
    offers = ["person"] if is_there else []
    return [*offers, "lead_form"] if config.lead_form.is_offered else offers


def _outcome(asked: Asked, spoken: _Spoken) -> Outcome:
    latency_ms = round((time.monotonic() - asked.began_at) * 1000)
    first_token_ms = _first_token_ms(asked, spoken)
    answered = spoken.answered
    if spoken.error:
        occasion: Occasion = "search_down" if spoken.error == "search_unavailable" else "failed"
        text = say(occasion, language_of(asked))
        offers = offers_now(asked.agent.config, asked.time_zone)
        broken = Answered(
            text, cast(Mode, NOTICE), low_confidence=True, offers=offers, usage=spoken.usage
        )
        return Outcome(broken, latency_ms, is_broken_off=True)
    if answered is None:
        # As far as it was heard.
        text = "".join(spoken.text)
        broken = Answered(text, cast(Mode, ""), usage=spoken.usage)
        return Outcome(broken, latency_ms, first_token_ms, is_broken_off=True)
    there = offers_now(asked.agent.config, asked.time_zone)
    answered = replace(answered, offers=[one for one in answered.offers if one in there])
    return Outcome(
        answered, latency_ms, first_token_ms, wants_person=_wants_person(asked, answered)
    )


def _first_token_ms(asked: Asked, spoken: _Spoken) -> int | None:
    """How long a visitor saw nothing; None where nothing was said."""
    if spoken.first_at is None:
        return None
    return round((spoken.first_at - asked.began_at) * 1000)


def _wants_person(asked: Asked, answered: Answered) -> bool:
    """Also while nobody is there, who then writes."""
    return str(answered.mode) == NOTICE and asks_for_person(asked.text)


def _tell_end(feed: Feed, outcome: Outcome, spoken: _Spoken) -> None:
    answered = outcome.answered
    if spoken.error:
        offers = list(answered.offers)
        feed.add("error", code=spoken.error, message=answered.text, offers=offers)
        return
    feed.add(
        "done",
        message_id=str(feed.turn),
        text=answered.text,
        citations=[shown_citation(one) for one in answered.citations],
        low_confidence=answered.low_confidence,
        mode=answered.mode,
        latency_ms=outcome.latency_ms,
        offers=list(answered.offers),
        broken_off=outcome.is_broken_off,
    )


def shown_citation(one: Citation) -> dict[str, Any]:
    return {"n": one.n, "url": one.url, "title": one.title, "quote": one.quote}
