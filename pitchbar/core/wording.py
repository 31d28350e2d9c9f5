"""Numbers, times and places as a person says them."""

from datetime import datetime
from functools import cache

from babel import Locale

from pitchbar.core import clock


def number(value: int) -> str:
    """12340 as "12,340"."""
    return f"{value:,}"


def short_number(value: int) -> str:
    """12340 as "12.3k"; three figures at the most."""
    for size, letter in ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")):
        # From here on, it would be rounded up to 1000 of the unit below.
        if value >= size - size // 2000:
            scaled = value / size
            text = f"{scaled:.0f}" if scaled >= 100 else f"{scaled:.1f}".removesuffix(".0")
            return text + letter
    return str(value)


def ago(at: datetime) -> str:
    """How long since, e.g. "just now", "3 min ago", "2 days ago", else the date."""
    seconds = (clock.now() - at).total_seconds()
    if seconds < 10:
        return "just now"
    if seconds < 60:
        return f"{int(seconds)} s ago"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    days = int(seconds // 86400)
    if days < 30:
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{at:%b} {at.day}, {at.year}"


def plain_address(url: str) -> str:
    """As an address is read aloud: without its scheme, and without the slash of a bare host."""
    plain = url.removeprefix("https://").removeprefix("http://")
    return plain.removesuffix("/") if plain.count("/") == 1 else plain


def split_address(plain: str) -> tuple[str, str]:
    """A plain address as what may be shortened and what had better stay: a short path, or the end
    of a long one.
    """
    host, slash, path = plain.partition("/")
    if len(path) < 24:
        return host, slash + path
    return plain[:-16], plain[-16:]


def country_name(code: str | None) -> str:
    """The English short name of an ISO 3166 alpha-2 code."""
    if not code:
        return "Unknown"
    return _territories().get(code, code)


@cache
def _territories() -> dict[str, str]:
    return dict(Locale("en").territories)
