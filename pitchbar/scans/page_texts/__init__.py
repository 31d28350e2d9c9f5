"""What the pages of codes say, a file for each language, and which of them a visitor reads.

A text may hold `{workspace}`, `{date}`, `{time}` and `{place}`. What one language says, all say: a
test compares them.
"""

from functools import cache, lru_cache
from importlib import import_module

# The first is spoken to whoever reads none of them.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})
_MOST_RANGES = 32


@cache
def texts_in(language: str) -> dict[str, str]:
    texts: dict[str, str] = import_module(f"pitchbar.scans.page_texts.{language}").TEXTS
    return texts


@lru_cache(maxsize=4096)
def choose_tag(accept_language: str) -> str:
    """The first of ours in the order in which a browser ranks them (RFC 9110, 12.5.4), with its
    region if it names one: "de-ch".
    """
    ranked = []
    for place, part in enumerate(accept_language.split(",")[:_MOST_RANGES]):
        tag, _, weight = part.partition(";")
        quality = _read_quality(weight)
        if quality > 0:
            ranked.append((-quality, place, tag.strip().lower()))
    found = (tag for _, _, tag in sorted(ranked) if tag.partition("-")[0] in LANGUAGES)
    return next(found, LANGUAGES[0])


def _read_quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
