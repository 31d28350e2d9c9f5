"""Ids that the server mints: of messages and conversations, which grow with time, and of visitors,
which the browser keeps signed, so that nobody can be somebody else by knowing an id.
"""

import re
import time
import uuid
from random import getrandbits

from pitchbar.chat.keys import is_signed, signature, signing_keys
from pitchbar.scans.accepted import new_scan_id
from pitchbar.settings import Settings

_VISITOR = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{22})")


def new_id(after: uuid.UUID | None = None) -> uuid.UUID:
    """UUID of version 7; larger than `after`, also where another machine's clock made that."""
    made = uuid.UUID(hex=new_scan_id(time.time_ns() // 1_000_000, getrandbits(74)))
    if after is None or made > after:
        return made
    # A millisecond later than it.
    return uuid.UUID(int=after.int + (1 << 80))


def new_visitor() -> uuid.UUID:
    return uuid.uuid4()


def write_visitor(visitor: uuid.UUID, workspace_id: int, settings: Settings) -> str:
    """What the browser keeps; it says nothing in another workspace."""
    return f"{visitor.hex}.{signature(signing_keys(settings)[0], _text(visitor, workspace_id))}"


def read_visitor(text: str, workspace_id: int, settings: Settings) -> uuid.UUID | None:
    match = _VISITOR.fullmatch(text)
    if match is None:
        return None
    visitor = uuid.UUID(match[1])
    return visitor if is_signed(settings, _text(visitor, workspace_id), match[2]) else None


def _text(visitor: uuid.UUID, workspace_id: int) -> str:
    return f"visitor {workspace_id} {visitor.hex}"
