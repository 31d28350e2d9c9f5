"""What visitors type, as it can be stored, shown and searched for."""

import re
import unicodedata

from pitchbar.chat.errors import EmptyMessage, MessageTooLong
from pitchbar.core.text import storable

MOST_CHARACTERS = 4_000
# What is longer is not even looked at.
MOST_SENT = 40_000
# What turns the direction of what follows, or is not seen at all.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
# Joiners are a part of words in some scripts, and of pictures; in Latin ones they only hide.
_JOINERS = re.compile("[\u200c\u200d]")
_HIDDEN_JOINERS = re.compile(
    "(?:^|(?<=[\\s!-\u024f]))[\u200c\u200d]+|[\u200c\u200d]+(?=[\\s!-\u024f]|$)"
)
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_BREAKS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Without what cannot be seen, and without what makes text look like another.

    Raises:
        EmptyMessage: nothing is left of it.
        MessageTooLong: of what is left.
    """
    if len(text) > MOST_SENT:
        raise MessageTooLong
    text = _LINE_ENDS.sub("\n", storable(text.replace("\x00", "")))
    text = _HIDDEN_JOINERS.sub("", _HIDDEN.sub("", text))
    text = "".join(one for one in text if not _is_control(one))
    text = _BREAKS.sub("\n\n", text).strip()
    if len(text) > MOST_CHARACTERS:
        raise MessageTooLong
    if not _JOINERS.sub("", text).strip():
        raise EmptyMessage
    return text


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it: pictures and dots alone ask nothing."""
    return any(unicodedata.category(one)[0] in "LN" and not _is_keycap(one) for one in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Co") and char not in "\n\t"


def _is_keycap(char: str) -> bool:
    """Letters that only make flags, and rings around them."""
    return "\U0001f100" <= char <= "\U0001f2ff"
