"""Signs that nobody sees, by which texts say something else to programs than to people."""

import re

# Control signs but for line ends and tabs; soft hyphens, spaces without width, marks of direction,
# joiners that join nothing, tags, selectors of variants, fillers.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b"
    "\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def without_unseen(text: str) -> str:
    return _UNSEEN.sub("", text).strip()
