"""Which language a question is in, though it be six words long."""

import re
import unicodedata
from functools import lru_cache

from pitchbar.retrieval.stop_words import languages, stop_words

_WORD = re.compile(r"[^\W\d_]+")
# Scripts of one language, or that tell more than words do; the first letters of names in Unicode.
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "ARABIC": "ar",
    "HEBREW": "he",
    "GREEK": "el",
    "THAI": "th",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}


# A question is asked for its language by each step of its answer.
@lru_cache(maxsize=512)
def language_of(question: str) -> str:
    """ISO 639-1; empty when it cannot be told."""
    if by_script := _by_script(question):
        return by_script
    words = [word.lower() for word in _WORD.findall(question)]
    votes = {
        language: sum(1 for word in words if word in stop_words(language))
        for language in languages()
    }
    best = sorted(votes.values(), reverse=True)
    # One word is shared by many languages, "a" and "en" by half of them.
    if best[0] == 0 or best[0] == best[1]:
        return ""
    return max(votes, key=lambda language: votes[language])


def _by_script(question: str) -> str:
    counts: dict[str, int] = {}
    letters = 0
    for letter in question:
        if not letter.isalpha():
            continue
        letters += 1
        script = unicodedata.name(letter, "").partition(" ")[0]
        if language := _SCRIPTS.get(script):
            counts[language] = counts.get(language, 0) + 1
    if not counts or sum(counts.values()) * 3 < letters:
        return ""
    # Japanese is written with signs of Chinese, too, and not the other way round.
    return "ja" if "ja" in counts else max(counts, key=lambda language: counts[language])
