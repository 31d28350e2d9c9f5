"""One turn, from the question to the answer."""

import time
from collections.abc import Iterator

from pitchbar.answers.turns import (
    EXTRACTIVE,
    Answered,
    Citation,
    Part,
    Stage,
    Token,
    Trace,
    Turn,
    Verdict,
)
from pitchbar.retrieval.answerable import Answer, answer_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.search import search
from pitchbar.retrieval.settings import RetrievalSettings
from pitchbar.settings import current_settings

UNKNOWN = "I could not find an answer to that in what I know."


def answer(turn: Turn) -> Iterator[Part]:
    """Writes nothing to the database. Its last part is an `Answered`.

    Closing it early (the visitor left) ends what it has open.

    Raises:
        VectorsUnavailable
    """
    began_at = time.perf_counter()
    yield Stage("searching")
    agent = turn.agent
    found = search(agent.workspace_id, turn.text, source_ids=agent.source_ids)
    threshold = agent.config.threshold
    if threshold is None:
        threshold = current_settings()[RetrievalSettings].answer_threshold
    best = answer_of(turn.text, found.hits, threshold)
    yield Stage("writing")
    text, citations = _quoted(best, found.hits) if best.is_answered else (_refusal(turn), [])
    yield Token(text)
    whole = (time.perf_counter() - began_at) * 1000
    timings = {"embedding": found.embedding_ms, "search": found.search_ms, "whole": whole}
    yield Answered(
        text,
        EXTRACTIVE,
        citations,
        low_confidence=not best.is_answered,
        is_refused=not best.is_answered,
        offers=() if best.is_answered else offers_of(turn),
        trace=Trace(
            turn.text,
            found.hits,
            best.score,
            threshold,
            verdicts=[Verdict(best.sentence, 1, is_supported=True)] if best.is_answered else [],
            timings=timings,
        ),
    )


def _quoted(best: Answer, hits: list[Hit]) -> tuple[str, list[Citation]]:
    hit = hits[best.place]
    citation = Citation(1, hit.url, hit.title, best.sentence, best.place)
    return f"{best.sentence} [1]", [citation]


def _refusal(turn: Turn) -> str:
    return turn.agent.config.refusal or UNKNOWN


def offers_of(turn: Turn) -> list[str]:
    config = turn.agent.config
    offers = ["person"] if config.offers_person else []
    return [*offers, "lead_form"] if config.lead_form.is_offered else offers
