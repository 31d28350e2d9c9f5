"""Whether an answer tells what the model was told, in whatever dress."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

# So many letters in a row are no chance: four or five words.
_RUN = 18
# Every run holds a whole one of the blocks that a text is cut into.
_BLOCK = _RUN // 2
# A dress shows less at once; a few words in it are enough, as nobody writes so by chance.
_SIGNS = re.compile(r"[\W_]+")
_PACKED = re.compile(r"(?:[A-Za-z0-9+/_-]\s?){12,}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s,:]?){8,}")
_CODES = re.compile(r"(?:\b(?:[01]{8}|\d{2,3})\b[\s,;]*){8,}")
# What is kept of an answer to see a leak over the end of a sentence.
_KEPT = 1_500

# Steps within the alphabet are written as its first signs, all others as those above.
_LETTERS = 26
_OTHERS = 0x110000 - _LETTERS


class LeakWatch:
    """Args:
    private: what must not be told.
    public: what may be told although it stands in there, too.
    """

    def __init__(self, private: str, public: Iterable[str]) -> None:
        letters = _letters(private)
        # No letter: so no run goes from one text into the next.
        free = " ".join(map(_letters_of_known, public))
        said = _places_in(letters, free)
        self._grams = frozenset(gram for at, gram in enumerate(_grams(letters)) if at not in said)
        self._seen = ""

    def tells(self, sentence: str) -> bool:
        """Whether it does, with what came before it."""
        self._seen = (self._seen + " " + sentence)[-_KEPT:]
        return any(self._has(text) for text in _dresses(self._seen))

    def _has(self, text: str) -> bool:
        return not self._grams.isdisjoint(_grams(_letters(text)))


def _letters(text: str) -> str:
    """Letters and digits alone, so that no sign between them counts."""
    return _SIGNS.sub("", unicodedata.normalize("NFKD", text).lower())


# What visitors ask about stands in few passages.
_letters_of_known = lru_cache(maxsize=256)(_letters)


def _places_in(letters: str, text: str) -> set[int]:
    """Where runs of these letters begin that the text has."""
    found = set()
    for block in range(0, len(letters), _BLOCK):
        if letters[block : block + _BLOCK] in text:
            starts = range(max(0, block - _BLOCK + 1), block + 1)
            found |= {at for at in starts if letters[at : at + _RUN] in text}
    return found


def _steps(letters: str) -> str:
    """How far each letter is from the one before, as a sign: so all shifts of the alphabet, such as
    rot13, are the same.
    """
    return "".join(
        [
            chr(
                (two - one) % _LETTERS
                if 97 <= one <= 122 and 97 <= two <= 122
                else _LETTERS + (two - one) % _OTHERS
            )
            for one, two in pairwise(map(ord, letters))
        ]
    )


def _grams(letters: str) -> Iterator[str]:
    steps = _steps(letters)
    return (steps[at : at + _RUN - 1] for at in range(len(steps) - _RUN + 2))


def _dresses(text: str) -> Iterator[str]:
    yield text
    yield text[::-1]
    words = text.split()
    yield " ".join(words[::-1])
    yield " ".join(word[::-1] for word in words)
    yield _mirrored(text)
    yield _unleeted(text)
    yield from _unpacked(text)


def _mirrored(text: str) -> str:
    """Atbash: a is z."""
    return "".join(chr(219 - ord(one)) if "a" <= one <= "z" else one for one in text.lower())


_LEET = str.maketrans("013457@$!", "oieastasi")


def _unleeted(text: str) -> str:
    return text.translate(_LEET)


def _unpacked(text: str) -> Iterator[str]:
    for found in _PACKED.finditer(text):
        yield from _decoded(found[0])
    for found in _HEX.finditer(text):
        digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", found[0])
        yield _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    for found in _CODES.finditer(text):
        yield _from_codes(re.findall(r"\d+", found[0]))


def _decoded(packed: str) -> Iterator[str]:
    packed = re.sub(r"\s", "", packed)
    bare = packed.rstrip("=").replace("-", "+").replace("_", "/")
    # Where it begins is not certain when words stand before it.
    for start in range(4):
        part = bare[start:]
        yield _base(part + "=" * (-len(part) % 4), base64.b64decode)
    upper = packed.upper().rstrip("=")
    yield _base(upper + "=" * (-len(upper) % 8), base64.b32decode)


def _base(padded: str, decode: Callable[[str], bytes]) -> str:
    try:
        return _readable(decode(padded))
    except (binascii.Error, ValueError):
        return ""


def _readable(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _from_codes(numbers: Sequence[str]) -> str:
    base = 2 if all(set(one) <= {"0", "1"} and len(one) == 8 for one in numbers) else 10
    return "".join(chr(int(one, base)) for one in numbers)
