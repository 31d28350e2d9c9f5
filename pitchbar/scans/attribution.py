"""The token `pb_at` that a destination gets, by which what comes of a scan is told to be its own.

It is encrypted and authenticated with AES-SIV (RFC 5297), under keys derived from APP_KEY for this
purpose alone. AES-SIV takes no nonce: what it would be is made of the text itself, so that none can
ever be used twice for two texts. Two tokens look alike only for the same scan, as each begins with
the scan's id, which is unique: 74 of its bits are random. So the redirect asks the system for no
random bytes, and nothing depends on the quality of those that the id was made of.

A token is one byte that names the key, 16 of authentication, and 36 that are encrypted: the scan's
id (which tells its time, see `new_scan_id`), the ids of code, workspace and rule, six bytes each,
and the variant. That makes 71 characters of URL-safe Base64.
"""

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote_plus
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pitchbar.scans.accepted import Way, time_of_scan
from pitchbar.scans.redirects import MAX_LOCATION

NAME = "pb_at"
_CHARACTERS = re.compile(r"[A-Za-z0-9_-]{71}")
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_PLAIN_BYTES = 36
_ID = 0xFFFF_FFFF_FFFF
# Clocks of two machines may differ by so much.
_AHEAD = timedelta(minutes=5)


class Attribution(NamedTuple):
    """What a token tells of its scan: rule 0 is none, variant -1 none of a split."""

    scan_id: UUID
    scanned_at: datetime
    code_id: int
    workspace_id: int
    rule_id: int
    variant: int


class UnreadableToken(ValueError):
    """It is none of ours, or was changed."""


class ExpiredToken(ValueError):
    """It was ours, but its scan is too long ago."""


class TokenCipher:
    """Args:
    app_key: new tokens are written under it.
    old_keys: what APP_KEY was before; tokens written under them are still read.
    days: how long after its scan a token is worth something.
    """

    def __init__(self, app_key: str, old_keys: Iterable[str] = (), *, days: int = 30) -> None:
        keys = [_derive(key) for key in (app_key, *old_keys)]
        self._key_id, own = keys[0]
        self._encrypt = own.encrypt
        self._ciphers = keys
        self._span = timedelta(days=days)

    def write(self, scan_id: str, code_id: int, workspace_id: int, way: Way) -> str:
        """`scan_id` is 32 hex digits. Raises OverflowError for an id beyond 48 bits."""
        if code_id > _ID or workspace_id > _ID or way.rule_id > _ID:
            raise OverflowError("an id does not fit into a token")
        plain = (
            int(scan_id, 16) << 160
            | code_id << 112
            | workspace_id << 64
            | way.rule_id << 16
            | way.variant & 0xFFFF
        ).to_bytes(_PLAIN_BYTES, "big")
        raw = self._key_id + self._encrypt(plain, None)
        return b2a_base64(raw, newline=False).translate(_TO_URL).decode().rstrip("=")

    def read(self, token: str, now: datetime) -> Attribution:
        """Raises UnreadableToken, ExpiredToken."""
        found = _unpack(self._decrypt(token))
        if not now - self._span <= found.scanned_at <= now + _AHEAD:
            raise ExpiredToken("its scan is too long ago")
        return found

    def _decrypt(self, token: str) -> bytes:
        if not _CHARACTERS.fullmatch(token):
            raise UnreadableToken("it has another shape")
        raw = a2b_base64(token.encode().translate(_FROM_URL) + b"=")
        for key_id, cipher in self._ciphers:
            if raw[:1] == key_id:
                try:
                    return cipher.decrypt(raw[1:], None)
                except InvalidTag:
                    # An earlier key may have the same name.
                    continue
        raise UnreadableToken("no key of ours opens it")


def put_token(location: str, token: str) -> str:
    """The address with the token behind its other parameters, in place of any that it had; without
    one where the address would be longer than browsers follow.
    """
    base, hash_sign, fragment = location.partition("#")
    path, question_mark, query = base.partition("?")
    if NAME in query or "%" in query:
        query = "&".join(pair for pair in query.split("&") if not _is_token(pair))
    if not token or len(location) + len(token) + len(NAME) + 2 > MAX_LOCATION:
        return f"{path}{question_mark if query else ''}{query}{hash_sign}{fragment}"
    joined = f"{query}&" if query else ""
    return f"{path}?{joined}{NAME}={token}{hash_sign}{fragment}"


def _is_token(pair: str) -> bool:
    name = pair.partition("=")[0]
    return (unquote_plus(name) if "%" in name else name) == NAME


def _unpack(plain: bytes) -> Attribution:
    number = int.from_bytes(plain, "big")
    scan_id, variant = UUID(int=number >> 160), number & 0xFFFF
    return Attribution(
        scan_id,
        time_of_scan(scan_id),
        number >> 112 & _ID,
        number >> 64 & _ID,
        number >> 16 & _ID,
        -1 if variant == 0xFFFF else variant,
    )


def _derive(app_key: str) -> tuple[bytes, AESSIV]:
    """The key's name in tokens, one byte, and its cipher."""
    made = HKDF(SHA256(), length=33, salt=None, info=b"pitchbar pb_at 1").derive(app_key.encode())
    return made[:1], AESSIV(made[1:])
