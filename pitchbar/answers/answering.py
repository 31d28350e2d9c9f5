"""One turn, from the question to the answer."""

import time
from collections.abc import Iterator
from dataclasses import replace

from pitchbar.answers.budget import is_spent
from pitchbar.answers.citation_check import CitationCheck
from pitchbar.answers.curated import CuratedHit, find_curated
from pitchbar.answers.extractive import compose
from pitchbar.answers.filters import LinkFilter
from pitchbar.answers.leaks import LeakWatch
from pitchbar.answers.linking import linked
from pitchbar.answers.lookup import Lookup, look_up, with_nearest_first
from pitchbar.answers.model_answer import Broken, ModelAnswer
from pitchbar.answers.prompt import Prompt, build_prompt
from pitchbar.answers.refusal import refusal_of
from pitchbar.answers.running import Running
from pitchbar.answers.settings import AnswerSettings
from pitchbar.answers.turns import (
    CURATED,
    EXTRACTIVE,
    LLM,
    Answered,
    Part,
    Stage,
    Token,
    Trace,
    Turn,
)
from pitchbar.clients.language_model import Call, Waits, language_model
from pitchbar.extensions import db
from pitchbar.settings import current_settings

# Of the threshold, where a model knows both the language of the question and that of the passages,
# and says itself when they do not answer: what we make of that is worth little.
_ACROSS_LANGUAGES = 0.5
# So near to the threshold, of what is left above it, an answer rests on little.
_THIN = 0.15


def answer(turn: Turn, running: Running | None = None) -> Iterator[Part]:
    """Writes nothing to the database. Its last part is an `Answered`.

    Before a model speaks, the transaction ends in which was read, as nobody's connection to the
    database waits for a model; what the caller wants kept is committed before.

    Closing it early (the visitor left) ends what it has open; `running` does so from any thread,
    and says what a model used, however the turn ends.

    Raises:
        VectorsUnavailable
    """
    began_at = time.perf_counter()
    for part in _parts(turn, running or Running()):
        if isinstance(part, Answered):
            whole = (time.perf_counter() - began_at) * 1000
            timings = {**part.trace.timings, "whole": whole}
            part = replace(part, trace=replace(part.trace, timings=timings))
        yield part


def _parts(turn: Turn, running: Running) -> Iterator[Part]:
    yield Stage("searching")
    curated = find_curated(turn)
    if curated is not None:
        yield Stage("writing")
        yield Token(curated.text)
        yield _curated(turn, curated)
        return
    found = look_up(turn)
    if not found.best.is_answered and not _is_for_a_model(found):
        yield from _refused(turn, found)
        return
    yield Stage("writing")
    yield from write(turn, found, running)


def _is_for_a_model(found: Lookup) -> bool:
    has_model = bool(current_settings()[AnswerSettings].llm_base_url)
    is_near = found.best.score >= _ACROSS_LANGUAGES * found.threshold
    return has_model and found.best.is_across and is_near


def _curated(turn: Turn, hit: CuratedHit) -> Answered:
    trace = Trace(turn.text, score=hit.score)
    return Answered(hit.text, CURATED, hit.citations, curated_id=hit.curated_id, trace=trace)


def _refused(turn: Turn, found: Lookup) -> Iterator[Part]:
    refusal = refusal_of(turn, found.language)
    yield Token(refusal)
    yield Answered(
        refusal,
        EXTRACTIVE,
        low_confidence=True,
        is_refused=True,
        offers=offers_of(turn),
        trace=_trace(found),
    )


def write(turn: Turn, found: Lookup, running: Running) -> Iterator[Part]:
    """By a model, where there is one that can; else from sentences of the sources."""
    own = current_settings()[AnswerSettings]
    if not own.llm_base_url:
        yield from _quoted(turn, found)
    elif is_spent(turn.agent.workspace_id, own.llm_daily_tokens):
        yield from _quoted(turn, found, fell_back="budget")
    else:
        yield from _by_model(turn, found, running, own)


def _by_model(turn: Turn, found: Lookup, running: Running, own: AnswerSettings) -> Iterator[Part]:
    found = with_nearest_first(found)
    prompt = build_prompt(turn, found.question, found.hits, found.language)
    asked = _model_answer(turn, found, prompt, own)
    db.session.rollback()
    running.takes(asked.call)
    why = ""
    try:
        yield from asked.tokens()
    except Broken as error:
        why = error.kind
    trace = _trace(found, asked, why)
    if asked.is_unknown:
        yield from _unknown(turn, found, trace, running)
    elif asked.citations and why != "leak":
        citations = linked(asked.citations, found.hits)
        yield Answered(
            asked.text, LLM, citations, _is_thin(found), usage=running.usage, trace=trace
        )
    else:
        for part in _quoted(turn, found, fell_back=why, trace=trace, running=running):
            # What was shown is replaced by the end of the turn, not gone on with.
            if not (asked.was_shown and isinstance(part, Token)):
                yield part


def _model_answer(turn: Turn, found: Lookup, prompt: Prompt, own: AnswerSettings) -> ModelAnswer:
    waits = Waits(
        own.llm_connect_timeout,
        own.llm_first_token_timeout,
        own.llm_stall_timeout,
        own.llm_timeout,
    )
    public = [
        turn.text,
        *(said.text for said in turn.history),
        *(hit.passage for hit in prompt.hits),
    ]
    return ModelAnswer(
        language_model(own.llm_base_url, own.llm_model, own.llm_api_key),
        prompt,
        CitationCheck(found.question, prompt.hits, found.language),
        LeakWatch(prompt.private, public),
        Call(waits),
        own.llm_max_tokens,
        own.llm_first_sentence_timeout,
    )


def _unknown(turn: Turn, found: Lookup, trace: Trace, running: Running) -> Iterator[Part]:
    refusal = refusal_of(turn, found.language)
    yield Token(refusal)
    yield Answered(
        refusal,
        LLM,
        low_confidence=True,
        is_refused=True,
        offers=offers_of(turn),
        usage=running.usage,
        trace=trace,
    )


def _quoted(
    turn: Turn,
    found: Lookup,
    *,
    fell_back: str = "",
    trace: Trace | None = None,
    running: Running | None = None,
) -> Iterator[Part]:
    # What was for a model alone may not be quoted when the model fails.
    if not found.best.is_answered:
        yield from _refused(turn, found)
        return
    composed = compose(found.question, found.hits, language=found.language, best=found.best)
    if not composed.citations:
        yield from _refused(turn, found)
        return
    text = LinkFilter(found.hits).tidied(composed.text)
    trace = replace(trace or _trace(found), fell_back=fell_back)
    verdicts = [*trace.verdicts, *composed.verdicts]
    usage = running.usage if running else Running().usage
    yield Token(text)
    yield Answered(
        text,
        EXTRACTIVE,
        linked(composed.citations, found.hits),
        _is_thin(found),
        usage=usage,
        trace=replace(trace, verdicts=verdicts),
    )


def _is_thin(found: Lookup) -> bool:
    return found.best.score < found.threshold + _THIN * (1 - found.threshold)


def _trace(found: Lookup, asked: ModelAnswer | None = None, fell_back: str = "") -> Trace:
    trace = Trace(
        found.question, found.hits, found.best.score, found.threshold, timings=found.timings
    )
    if asked is None:
        return trace
    first = {} if asked.first_token_ms is None else {"first_token": asked.first_token_ms}
    return replace(
        trace,
        prompt=asked.prompt.text,
        verdicts=asked.verdicts,
        fell_back=fell_back,
        timings={**trace.timings, **first},
    )


def offers_of(turn: Turn) -> list[str]:
    config = turn.agent.config
    offers = ["person"] if config.offers_person else []
    return [*offers, "lead_form"] if config.lead_form.is_offered else offers
