"""What the packaged model makes of each word of a passage, small enough to be kept with it: of 384
numbers the 96 that say most, in four bits each, and where the word stands. A word takes 51 bytes,
a passage of 500 tokens some 15 kB. Products of short vectors come within some 0.06 of those of the
whole ones, and what is nearest comes 0.1 nearer.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pitchbar.clients.unit_vectors import Vectors, rows_of_length_one

# Its columns are directions; by `bench/projection.py`.
_MATRIX = Path(__file__).parent / "minilm" / "projection.npy"
_FORM = 1
_HEAD = struct.Struct("<BH")
# Four bits with a sign; how far a row reaches does not matter, as all are of length one.
_STEPS = 7
_MOST_PLACE, _MOST_LENGTH = 0xFFFF, 0xFF
_WORDY = re.compile(r"\w")

# From and to before which characters of a text.
Places = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class TokenVectors:
    """A row of length one for each word or piece of one, which stand from and to before these
    characters, in their order.
    """

    rows: Vectors
    starts: Any
    ends: Any

    def within(self, start: int, end: int) -> Vectors:
        """The rows of those that stand wholly between these places."""
        rows: Vectors = self.rows[(self.starts >= start) & (self.ends <= end)]
        return rows


def shortened(rows: Vectors) -> Vectors:
    """In the directions that are kept, each of length one."""
    import numpy as np

    return rows_of_length_one(np.asarray(rows, dtype=np.float32) @ _matrix())


def pack(rows: Vectors, places: Places, text: str) -> bytes:
    """Of those pieces of a text that have a letter or a digit.

    Args:
        rows: one for each piece, as the model makes them.
        places: from and to before which characters of the text they stand.
    """
    import numpy as np

    kept = [at for at, place in enumerate(places) if _is_kept(place, text)][:_MOST_PLACE]
    short = shortened(rows[kept]) if kept else np.zeros((0, _matrix().shape[1]), np.float32)
    reach = np.maximum(np.abs(short).max(axis=1, keepdims=True, initial=0.0), 1e-9)
    steps = (np.rint(short / reach * _STEPS) + _STEPS + 1).astype(np.uint8)
    starts = np.array([places[at][0] for at in kept], dtype="<u2")
    lengths = np.array([places[at][1] - places[at][0] for at in kept], dtype=np.uint8)
    halves = (steps[:, 0::2] << 4) | steps[:, 1::2]
    return b"".join(
        (
            _HEAD.pack(_FORM, len(kept)),
            starts.tobytes(),
            lengths.tobytes(),
            halves.astype(np.uint8).tobytes(),
        )
    )


def unpack(packed: bytes) -> TokenVectors | None:
    """None if it was written by a release that knows another form."""
    import numpy as np

    if len(packed) < _HEAD.size:
        return None
    form, count = _HEAD.unpack_from(packed)
    size = _matrix().shape[1]
    if form != _FORM or len(packed) != _HEAD.size + count * (3 + size // 2):
        return None
    starts = np.frombuffer(packed, "<u2", count, _HEAD.size).astype(np.int32)
    lengths = np.frombuffer(packed, np.uint8, count, _HEAD.size + 2 * count)
    halves = np.frombuffer(packed, np.uint8, offset=_HEAD.size + 3 * count)
    rows = _halves().take(halves, axis=0).reshape(count, size)
    return TokenVectors(rows_of_length_one(rows), starts, starts + lengths)


@cache
def _halves() -> Vectors:
    """The two steps of each byte."""
    import numpy as np

    both = np.arange(256)
    return np.stack([both >> 4, both & 15], axis=1).astype(np.float32) - (_STEPS + 1)


def _is_kept(place: tuple[int, int], text: str) -> bool:
    start, end = place
    is_small = end <= _MOST_PLACE and end - start <= _MOST_LENGTH
    return is_small and is_wordy(text, place)


def is_wordy(text: str, place: tuple[int, int]) -> bool:
    """Whether a letter or a digit stands there: other signs are not kept."""
    return _WORDY.search(text, *place) is not None


@cache
def _matrix() -> Vectors:
    import numpy as np

    return np.asarray(np.load(_MATRIX), dtype=np.float32)
