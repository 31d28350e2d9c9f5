"""Text without the signs that nobody sees and no database takes."""

import re

# Controls but for breaks and tabs, halves of surrogate pairs, what is no sign at all; hyphens that
# show only at the end of a line, spaces of no width, marks of byte order. Joiners stay: some
# scripts are written with them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\xad\u200b\u2060\ufeff]"
)
_SPACES = re.compile(r"[\xa0\u2000-\u200a\u202f\u205f\u3000]")


def clean(text: str) -> str:
    """Spaces of all kinds are one."""
    return _SPACES.sub(" ", _UNSEEN.sub("", text))
