"""Where shipped lines wait for ingestion: nowhere (embedded), or in a Redis stream.

The stream is memory, and a Redis that crashes, is flushed or evicts forgets it. So whoever put
lines gets a ticket for them, and whoever has stored them leaves a receipt with its number. Without
one, lines whose entry is gone were forgotten. Receipts may be forgotten too: then the database is
asked (`scans/deliveries.py`).
"""

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import orjson

from pitchbar.core.redis_client import connect_redis

Ingest = Callable[[bytes], int]

SCANS = "pitchbar:scans"
_GROUP = "ingestion"
_FIELD = b"lines"
# Where the receipt goes: a set's name and, behind a space, what is put there. An entry of a release
# before has none, and a worker of a release before leaves none.
_RECEIPT_FIELD = b"receipt"
_RECEIPT_SECONDS = 86_400
# So many batches are stored together, where they wait: one transaction for all is faster.
AT_ONCE = 10
# A batch that a worker took and did not finish in this time is another worker's.
_CLAIM_AFTER_MS = 30_000
# A script, because a Redis that is full refuses every transaction, and this makes room.
_ACKNOWLEDGE = """
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
if KEYS[2] then
  redis.pcall('SADD', KEYS[2], ARGV[3])
  redis.pcall('EXPIRE', KEYS[2], ARGV[4])
end
"""
_FIND_GONE = """
local gone = {}
for number, id in ipairs(ARGV) do
  if #redis.call('XRANGE', KEYS[1], id, id) == 0 then gone[#gone + 1] = number end
end
return gone
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """For lines in the inbox: their entry, and the number that their receipt will have."""

    entry: str
    number: bytes


class Inbox(Protocol):
    """`put` returns when the lines are stored or wait; `drain` hands waiting ones to `ingest`."""

    def put(self, lines: bytes) -> Ticket | None:
        """Takes whole lines; raises when it cannot. None: they are stored. Else they are in memory
        that may be lost, and the spool keeps them until they are stored.
        """

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        """Ingests what waits, a few batches at the most, and acknowledges them after; returns the
        scans stored, or -1 when nothing waited. When `ingest` raises, they stay and are delivered
        again.
        """

    def has_unfinished(self) -> bool:
        """Whether somebody took a batch and has not acknowledged it."""

    def list_receipts(self) -> set[bytes]:
        """The numbers of our tickets whose lines are stored."""

    def drop_receipts(self, numbers: Sequence[bytes]) -> None: ...

    def find_gone(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """Those whose entry is not there any more: stored, or forgotten."""


class DirectInbox:
    """Embedded: what is put is ingested at once, by the shipper's own thread."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest

    def put(self, lines: bytes) -> None:
        self._ingest(lines)

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        return -1

    def has_unfinished(self) -> bool:
        return False

    def list_receipts(self) -> set[bytes]:
        return set()

    def drop_receipts(self, numbers: Sequence[bytes]) -> None:
        """There are none."""

    def find_gone(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        return []


class RedisInbox:
    """At scale: one stream entry for each batch, read by a consumer group.

    Args:
        stream: its name in Redis; the receipts' begins with it.
    """

    def __init__(self, redis: Any, stream: str = SCANS) -> None:
        self._redis = redis
        self._stream = stream
        # The braces put them beside the stream in a Redis that shards.
        self._receipts_prefix = f"{{{stream}}}:stored:"
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"
        self._has_group = False
        self._name = uuid.uuid4().hex
        self._numbers = count(1)

    def put(self, lines: bytes) -> Ticket:
        number = b"%d" % next(self._numbers)
        receipt = b"%s %s" % (self._receipts.encode(), number)
        entry = self._redis.xadd(self._stream, {_FIELD: lines, _RECEIPT_FIELD: receipt})
        return Ticket(entry.decode(), number)

    @property
    def _receipts(self) -> str:
        # A forked child has the same name and numbers, and another process number.
        return f"{self._receipts_prefix}{self._name}-{os.getpid()}"

    def list_receipts(self) -> set[bytes]:
        members: set[bytes] = self._redis.smembers(self._receipts)
        return members

    def drop_receipts(self, numbers: Sequence[bytes]) -> None:
        self._redis.srem(self._receipts, *numbers)

    def find_gone(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        entries = [ticket.entry for ticket in tickets]
        return [tickets[n - 1] for n in self._redis.eval(_FIND_GONE, 1, self._stream, *entries)]

    def has_unfinished(self) -> bool:
        return bool(self._has_group and self._redis.xpending(self._stream, _GROUP)["pending"])

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        try:
            entries = self._next_entries(wait_seconds)
        except Exception as error:
            # Redis came back without its data: the group is made anew at the next pass.
            self._has_group = self._has_group and "NOGROUP" not in str(error)
            raise
        if not entries:
            return -1
        stored = ingest(b"".join(_whole_lines(*entry) for entry in entries))
        for entry_id, fields in entries:
            self._acknowledge(entry_id, fields.get(_RECEIPT_FIELD, b""))
        return stored

    def _acknowledge(self, entry_id: bytes, receipt: bytes) -> None:
        """Removes the entry and leaves its receipt, if Redis takes that."""
        keys, arguments = [self._stream], [_GROUP, entry_id]
        name, _, number = receipt.partition(b" ")
        if number and name.startswith(self._receipts_prefix.encode()):
            keys.append(name.decode(errors="replace"))
            arguments += [number, str(_RECEIPT_SECONDS)]
        self._redis.eval(_ACKNOWLEDGE, len(keys), *keys, *arguments)

    def _next_entries(self, wait_seconds: float) -> list[tuple[bytes, dict[bytes, bytes]]]:
        self._ensure_group()
        claimed = self._redis.xautoclaim(
            self._stream, _GROUP, self._consumer, min_idle_time=_CLAIM_AFTER_MS, count=AT_ONCE
        )
        entries = [entry for entry in claimed[1] if entry[1]]
        if not entries:
            block = max(1, int(wait_seconds * 1000))
            answer = self._redis.xreadgroup(
                _GROUP, self._consumer, {self._stream: ">"}, count=AT_ONCE, block=block
            )
            entries = _entries_of(answer)
        return entries

    def _ensure_group(self) -> None:
        if self._has_group:
            return
        try:
            self._redis.xgroup_create(self._stream, _GROUP, id="0", mkstream=True)
        except Exception as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._has_group = True


def _entries_of(answer: Any) -> list[Any]:
    """redis-py answers a list of streams under RESP2, a dict of them under RESP3."""
    if not answer:
        return []
    if isinstance(answer, dict):
        found = next(iter(answer.values()))
        return found[0] if found and isinstance(found[0], list) else found
    return list(answer[0][1])


def _whole_lines(entry_id: bytes, fields: dict[bytes, bytes]) -> bytes:
    lines = fields.get(_FIELD) or _as_line(entry_id, fields)
    # So that the next one's first line stays one of its own.
    return lines if lines.endswith(b"\n") else lines + b"\n"


def _as_line(entry_id: bytes, fields: dict[bytes, bytes]) -> bytes:
    """An entry that no edge put: as a line that is no scan, so that ingestion sets it aside."""
    texts = {key.decode(errors="replace"): value.decode(errors="replace")
             for key, value in fields.items()}  # fmt: skip
    return orjson.dumps(
        {"entry": entry_id.decode(), "fields": texts}, option=orjson.OPT_APPEND_NEWLINE
    )


def connect(redis_url: str, timeout: float = 1.0) -> Any:
    return connect_redis(redis_url, timeout)
