"""Countries, which are called otherwise in another language, though nothing else is."""

from functools import cache

from babel import Locale, UnknownLocaleError


def is_named_in(text: str, name: str, language: str, text_language: str) -> bool:
    """Whether a country is named in a text of another language. `name` is one word."""
    codes = [code for code, called in _countries(language).items() if called == name.casefold()]
    other = _countries(text_language)
    return any(other.get(code, "\x00") in text.casefold() for code in codes)


@cache
def _countries(language: str) -> dict[str, str]:
    try:
        names = Locale.parse(language[:2]).territories
    except (ValueError, UnknownLocaleError):
        return {}
    # Numbers are continents and the like.
    return {code: name.casefold() for code, name in names.items() if code.isalpha()}
