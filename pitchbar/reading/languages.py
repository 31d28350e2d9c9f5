"""In which language a text is written."""

import re
from functools import lru_cache
from typing import Any

_LEAST_LETTERS = 40
# What a page says of itself is believed below this length: a few words look like anything.
_SURE_LETTERS = 200
_SURE = 0.6
_LOOK_AT = 20_000
_CODE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$)")
_NO_PROSE = re.compile(r"```.*?```|https?://\S+|[`|#*_>\[\]()\d]", re.DOTALL)
_THREE_LETTERS = {"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "ita": "it"}


def language_of(text: str, declared: str = "") -> str:
    """Its code of ISO 639-1; empty when it cannot be told.

    Args:
        declared: what the text says itself, such as `de-CH`. Many pages say English and are not.
    """
    said = _declared(declared)
    prose = _NO_PROSE.sub(" ", text[:_LOOK_AT])
    letters = sum(map(str.isalpha, prose))
    if letters < _LEAST_LETTERS:
        return said
    found, sureness = _identifier().classify(prose)
    is_sure = sureness >= _SURE and len(found) == 2
    if is_sure and (letters >= _SURE_LETTERS or not said):
        return str(found)
    return said


def _declared(value: str) -> str:
    found = _CODE.match(value)
    code = found[1].lower() if found else ""
    return _THREE_LETTERS.get(code, code if len(code) == 2 else "")


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """Half a second and 100 MB, once: no process that reads nothing pays for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
