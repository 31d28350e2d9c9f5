"""Which of several destinations a visitor gets: the same one all day, in every process, and with
nothing kept of anybody.

A keyed hash of the rule, the day and what the request tells makes the choice. The key comes from
APP_KEY, so nobody outside can find a variant by trying. No salt is stored or needed: the hash is
used and forgotten, the line of a scan holds the number of the variant alone.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence


def split_key(app_key: str) -> bytes:
    # APP_KEY also signs sessions: this key is derived from it for this purpose alone.
    return hashlib.blake2b(app_key.encode(), person=b"pb-split", digest_size=32).digest()


def draw(key: bytes, rule_id: int, day: str, identity: str, limits: Sequence[int]) -> int:
    """The place in `limits`, which are the sums of the weights so far, the last one all of them."""
    text = f"{rule_id}\n{day}\n{identity}".encode("utf-8", "replace")
    digest = hashlib.blake2b(text, key=key, digest_size=8).digest()
    # 2^64 is so much more than any sum of weights that the remainder favours nobody.
    return bisect_right(limits, int.from_bytes(digest, "big") % limits[-1])
