"""The password of a code, asked at the edge before the scan is led on.

What was right is remembered in the process, as a hash with a key of its own, so that a hall of
visitors costs one Argon2. Tries that were wrong are limited for each address and code, and in all
for each code; a password that is remembered leads on beside the latter.
"""

import secrets
import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs

from pitchbar.core.code_passwords import verify_code_password
from pitchbar.core.system_threads import run_blocking
from pitchbar.scans.bodies import BodyNotRead, BodyTooLarge, read_body
from pitchbar.scans.limits import AddressLimit, Pause

# Where the form of a code leads: to the code itself, on our own host and on a customer's.
POSTED = r"/(?:[tT]/)?[^/]+"
FIELD = "password"
MOST_BYTES = 4096
_MOST_FIELDS = 16
_REMEMBERED = 10_000
# Of all addresses: Argon2 costs, and a code has many visitors.
_ALL = 20
# Visitors who type the same at once wait for the one who came first.
_LOCKS = 64

ASK, WRONG, TOO_MANY = "password", "wrong_password", "tries"


class PasswordGate:
    """Args:
    limit, seconds: wrong tries of one address at one code; 0 is no limit.
    """

    def __init__(
        self, limit: int = 0, seconds: int = 60, redis: Any = None, *, pause: Pause | None = None
    ) -> None:
        self._of_address = self._of_code = None
        if limit:
            self._of_address = AddressLimit("password", limit, seconds, redis, pause=pause)
            most = limit * _ALL
            self._of_code = AddressLimit("password-all", most, seconds, redis, pause=pause)
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def find_state(
        self, password_hash: str, address: str, environ: dict[str, Any]
    ) -> tuple[str, int]:
        """The page that the visitor gets, and the seconds to wait; nothing where they are right."""
        if environ["REQUEST_METHOD"] != "POST":
            return ASK, 0
        try:
            typed = _read_typed(environ)
        except BodyNotRead:
            return "unavailable", 5
        if not typed:
            return WRONG, 0
        of_code = self._digest(password_hash)
        of_address = f"{address} {of_code.hex()}"
        if self._of_address and self._of_address.has_spent(of_address):
            return TOO_MANY, self._of_address.take(of_address)
        digest = self._digest(f"{password_hash}\n{typed}")
        if digest in self._right:
            return "", 0
        with self._locks[digest[0] % _LOCKS]:
            return self._try(password_hash, typed, digest, (of_address, of_code.hex()))

    def _try(
        self, password_hash: str, typed: str, digest: bytes, keys: tuple[str, str]
    ) -> tuple[str, int]:
        if digest in self._right:
            return "", 0
        limits = [
            (limit, key)
            for limit, key in zip((self._of_address, self._of_code), keys, strict=True)
            if limit
        ]
        for limit, key in limits:
            wait = limit.take(key)
            if wait:
                return TOO_MANY, wait
        if not run_blocking(verify_code_password, password_hash, typed):
            return WRONG, 0
        for limit, key in limits:
            limit.give_back(key)
        self._right[digest] = None
        while len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)
        return "", 0

    def _digest(self, text: str) -> bytes:
        return blake2b(text.encode(), key=self._key, digest_size=16).digest()


def _read_typed(environ: dict[str, Any]) -> str:
    """What stands in the field; empty for a body that is none of ours. Raises BodyNotRead."""
    try:
        body = read_body(environ, MOST_BYTES)
    except BodyTooLarge:
        return ""
    try:
        fields = parse_qs(body.decode("latin-1"), max_num_fields=_MOST_FIELDS, encoding="utf-8")
    except ValueError:
        return ""
    return fields.get(FIELD, [""])[0]
