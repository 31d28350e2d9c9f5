"""The sentences of the widget are named by words in its sources (`W.close`), and by two letters in
what is built: names would weigh more than many a sentence.

The letters come of the name alone. A chat of one release that meets sentences of another, as in a
deploy, says those that both have, and never one in the place of another.
"""

import hashlib
import re
from collections.abc import Iterable
from string import ascii_letters

_NAME = re.compile(r"^  (\w+): ", re.M)


def names_in(source: str) -> list[str]:
    return _NAME.findall(source)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Raises ValueError where two would get the same letters."""
    short: dict[str, str] = {}
    for name in sorted(set(names)):
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
        letters = ascii_letters[number % 52] + ascii_letters[number // 52 % 52]
        if letters in short.values():
            raise ValueError(f"the word {name} needs another name, as its letters are taken")
        short[name] = letters
    return short


def shorten(body: bytes, short: dict[str, str]) -> bytes:
    """The names in a built file of words."""
    text = body.decode()
    for name, letters in short.items():
        text = re.sub(rf"(?<=[{{,]){name}(?=:[\"'`])", letters, text)
    return text.encode()
