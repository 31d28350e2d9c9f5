"""What people mean when an address is mistyped: candidates to suggest, never to take in silence."""

import re
from collections.abc import Iterator

# "http//", "https:", "htp://", "https;//", "hhtps://" and a second scheme behind the first.
_SCHEME = re.compile(r"h*t+p(s?)\s*[:;,.]*\s*[/\\]+|https?:", re.IGNORECASE)
# Zero-width and soft spaces, marks of direction: they come along when text is copied. Joiners are
# not among them, as some scripts and signs are written with them.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_WHITE = re.compile(r"[ \t]+")


def find_invisible(text: str) -> str | None:
    found = _INVISIBLE.search(text)
    return found[0] if found else None


def suggest(url: str) -> Iterator[str]:
    """The likeliest first; whoever suggests one looks first whether it is an address at all."""
    plain = _INVISIBLE.sub("", url)
    mended = _mend_scheme(plain)
    for candidate in (mended, plain):
        yield _WHITE.sub("%20", candidate)
        # A space in a name is a slip of the thumb; one in a path stands for itself.
        yield _WHITE.sub("", candidate)


def _mend_scheme(url: str) -> str:
    """With one well-written scheme in place of what stands there."""
    scheme, rest = "", url.replace("\\", "/")
    while found := _SCHEME.match(rest):
        scheme = (
            "http"
            if found[0].lower().startswith("http") and "s" not in found[0].lower()
            else "https"
        )
        rest = rest[found.end() :].lstrip("/")
    return f"{scheme or 'https'}://{rest.lstrip('/')}"
