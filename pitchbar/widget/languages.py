"""Which language the widget's own words are in."""

from collections.abc import Iterable
from functools import cache

from pitchbar.widget.built import built

USUAL = "en"


@cache
def spoken() -> frozenset[str]:
    files = (name.removesuffix(".js").partition("words-") for name in built())
    return frozenset({USUAL, *(language for _, found, language in files if found)})


def choose_language(wishes: Iterable[str]) -> str:
    """The first that it knows, such as `de` for `de-AT`; else English."""
    known = (wish.partition("-")[0].strip().lower() for wish in wishes)
    return next((one for one in known if one in spoken()), USUAL)
