"""What of a text is searched for by words: their stems, in the language of the text."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pitchbar.retrieval.stop_words import stop_words

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# A word with its joints, such as utm_source, e-mail, 1.25, api/v1 or node.js.
_COMPOUND = re.compile(r"\w+(?:[-._/:'\u2019]\w+)*")
_PART = re.compile(r"\d+|[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Scripts that set no spaces: two signs in a row are taken for a word.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_LONGEST = 60
# Texts of a language are made of few words, again and again; each takes about 200 bytes.
_WORDS_KEPT = 32_768
_local = threading.local()


def terms_of(text: str, language: str) -> Iterator[str]:
    """Stems without stop words, as often as they stand there."""
    for compound in _COMPOUND.findall(unicodedata.normalize("NFKC", text)):
        # Without spaces a whole line is one, which hardly comes twice.
        known = _terms_of_word if len(compound) <= _LONGEST else _terms_of_word.__wrapped__
        yield from known(compound, language)


@lru_cache(maxsize=_WORDS_KEPT)
def _terms_of_word(compound: str, language: str) -> tuple[str, ...]:
    stops = stop_words(language)
    return tuple(_stem(word, language) for word in _words_of(compound) if word not in stops)


def _words_of(compound: str) -> Iterator[str]:
    if _UNSPACED.search(compound):
        yield from _pairs_of(compound)
        return
    parts = [one for half in _HUMP.split(compound) for one in _PART.findall(half)]
    for part in parts:
        yield part.lower()[:_LONGEST]
    if len(parts) > 1 and len(compound) <= _LONGEST:
        yield re.sub(r"['\u2019]", "", compound).lower()


def _pairs_of(compound: str) -> Iterator[str]:
    for run in _UNSPACED.findall(compound):
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
    for part in _PART.findall(_UNSPACED.sub(" ", compound)):
        yield part.lower()[:_LONGEST]


def _stem(word: str, language: str) -> str:
    name = _STEMMERS.get(language)
    if name is None or word.isdigit():
        return _folded(word)
    return _folded(_stemmer(name).stemWord(word))


def _stemmer(name: str) -> Any:
    """A stemmer belongs to one thread."""
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        import Stemmer

        stemmers[name] = Stemmer.Stemmer(name, 0)
    return stemmers[name]


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    """Without accents, which many leave out when they ask."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not unicodedata.combining(c)))
