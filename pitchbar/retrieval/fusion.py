"""One order out of two measures. Scores are joined, not ranks: a word that is rare and found is
worth more than one that is common, and a rank does not know it (Bruch, Gai and Ingber, An Analysis
of Fusion Functions for Hybrid Retrieval, 2022).
"""

from collections.abc import Sequence

from pitchbar.clients.vectors import Candidate

# The share of meaning: of texts in the language of the question, and of others, of which words
# find only what is called alike everywhere.
_DENSE, _DENSE_ACROSS_LANGUAGES = 0.5, 0.6


def dense_share(question_language: str, text_language: str) -> float:
    is_across = question_language and text_language and question_language != text_language
    return _DENSE_ACROSS_LANGUAGES if is_across else _DENSE


def fuse(candidates: Sequence[Candidate], shares: Sequence[float]) -> list[float]:
    """A score between 0 and 1 for each, within this question.

    Args:
        candidates: with words and meaning, or words alone.
        shares: of meaning, for each candidate.
    """
    most = max((one.lexical for one in candidates), default=0.0)
    cosines = [one.cosine for one in candidates if one.cosine is not None]
    least, span = min(cosines, default=0.0), max(cosines, default=0.0) - min(cosines, default=0.0)

    def score(one: Candidate, share: float) -> float:
        words = one.lexical / most if most > 0 else 0.0
        if one.cosine is None:
            return words if not cosines else (1 - share) * words
        meaning = (one.cosine - least) / span if span > 0 else 1.0
        return (1 - share) * words + share * meaning

    return [score(one, share) for one, share in zip(candidates, shares, strict=True)]
