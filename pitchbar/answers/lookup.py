"""What a turn finds before anything is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

from pitchbar.answers.questions import standalone
from pitchbar.answers.turns import Turn
from pitchbar.retrieval.answerable import Answer, answer_of
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.search import search
from pitchbar.retrieval.settings import RetrievalSettings
from pitchbar.settings import current_settings

# By how much passages of the page count more on which the visitor is.
_HERE = 1.15


@dataclass(frozen=True)
class Lookup:
    """`question` is what was searched for: the visitor's words with what they lean on."""

    question: str
    hits: Sequence[Hit]
    best: Answer
    threshold: float
    language: str
    timings: dict[str, float]


def look_up(turn: Turn) -> Lookup:
    """Raises VectorsUnavailable."""
    agent = turn.agent
    question = standalone(turn.text, turn.history)
    found = search(agent.workspace_id, question, source_ids=agent.source_ids)
    hits = _with_page_first(found.hits, turn.page_url)
    threshold = agent.config.threshold
    if threshold is None:
        threshold = current_settings()[RetrievalSettings].answer_threshold
    best = answer_of(question, hits, threshold)
    timings = {"embedding": found.embedding_ms, "search": found.search_ms}
    return Lookup(question, hits, best, threshold, language_of_answer(turn), timings)


def with_nearest_first(found: Lookup) -> Lookup:
    """The passages in the order of their best sentences, the others behind them as they were: of
    what comes first, a model makes most (Liu and others, Lost in the Middle: How Language Models
    Use Long Contexts, 2023).
    """
    nearest = list(dict.fromkeys(one.place for one in found.best.found))
    order = [*nearest, *(at for at in range(len(found.hits)) if at not in nearest)]
    place_of = {place: at for at, place in enumerate(order)}
    best = replace(
        found.best,
        place=place_of.get(found.best.place, -1),
        found=tuple(replace(one, place=place_of[one.place]) for one in found.best.found),
    )
    return replace(found, hits=[found.hits[at] for at in order], best=best)


def language_of_answer(turn: Turn) -> str:
    """Of the answer: the agent's own, else that of the question, else the browser's."""
    return turn.agent.config.language or language_of(turn.text) or turn.language


def _with_page_first(hits: Sequence[Hit], page_url: str) -> list[Hit]:
    here = _page(page_url)
    lifted = [
        replace(hit, score=min(1.0, hit.score * _HERE)) if here and _page(hit.url) == here else hit
        for hit in hits
    ]
    return sorted(lifted, key=lambda hit: -hit.score) if here else list(hits)


def _page(url: str) -> str:
    return urldefrag(url).url.split("?")[0].rstrip("/").lower()
