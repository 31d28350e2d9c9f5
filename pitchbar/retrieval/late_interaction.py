"""The order of what was found, once more, by how near each word of the question comes to one of a
passage: a passage's own vector blurs what few of its words say (Khattab and Zaharia, ColBERT:
Efficient and Effective Passage Search via Contextualized Late Interaction over BERT, 2020).
"""

from collections.abc import Sequence
from dataclasses import replace

from pitchbar.clients.embeddings import PackagedEmbedder
from pitchbar.retrieval.kept_tokens import in_short, token_vectors_of
from pitchbar.retrieval.languages import language_of
from pitchbar.retrieval.passages import Scored
from pitchbar.retrieval.question_frames import without_frame
from pitchbar.retrieval.sentence_terms import weighed_terms
from pitchbar.retrieval.word_nearness import nearness_of_words

# How many are compared; each takes a fifth of a millisecond.
COMPARED = 16
# The nearness of words moves in narrower bounds than a joined score does.
_NEARNESS = 2.0


def reordered(
    question: str, found: Sequence[Scored], languages: Sequence[str], reader: PackagedEmbedder
) -> list[Scored]:
    """The first COMPARED anew, the others behind them. Scores keep the bounds that they had, so
    that they compare with others as before. As they were where the words of one are not kept.

    Args:
        found: the best one first.
        languages: of the question and the passages.
    """
    first, rest = found[:COMPARED], found[COMPARED:]
    kept = token_vectors_of([one.chunk_id for one in first])
    asked = without_frame(question, language_of(question))
    # Which words are rare is known from passages, and these are not loaded yet.
    terms = weighed_terms(asked, languages, ())
    if len(kept) < 2 or not terms:
        return list(found)
    reading = in_short(reader.read(asked), asked)
    near = [nearness_of_words(terms, reading, one.rows) for one in kept]
    whole = [one.score + _NEARNESS * value for one, value in zip(first, near, strict=True)]
    scores = _within([one.score for one in first], whole)
    order = sorted(range(len(first)), key=lambda at: (-whole[at], first[at].chunk_id))
    return [*(replace(first[at], score=scores[at]) for at in order), *rest]


def _within(bounds: Sequence[float], values: Sequence[float]) -> list[float]:
    """The values, stretched to the bounds of others."""
    least, span = min(values), max(values) - min(values)
    low, high = min(bounds), max(bounds)
    if span <= 0:
        return list(bounds)
    return [low + (value - least) / span * (high - low) for value in values]
