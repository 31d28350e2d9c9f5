"""What the inbox holds and nobody has confirmed as stored."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Engine, select

from pitchbar.scans.accepted import read_line
from pitchbar.scans.inbox import Inbox, Ticket
from pitchbar.scans.models import Scan
from pitchbar.scans.segments import Segment, each_line
from pitchbar.scans.spool import Spool

log = logging.getLogger(__name__)
FindStored = Callable[[Sequence[bytes]], set[bytes]]
"""Of lines, those whose scans are in the database."""

_LOOK_EVERY_SECONDS = 1.0
_MAX_WAIT_SECONDS = 60.0
_AT_ONCE = 20
# What is in the inbox at once: with no worker, files are a better place than Redis' memory.
_MOST = 200
_HAIR = timedelta(seconds=1)


@dataclass(eq=False, slots=True)
class Delivery:
    """Lines of a segment, or some that were held in memory (`lines`), and their ticket."""

    ticket: Ticket
    segment: Segment | None
    start: int
    length: int
    lines: bytes
    look_at: float
    times: int = 1
    put_at: float = field(default_factory=time.time)

    def read(self) -> bytes:
        if self.segment is None:
            return self.lines
        return self.segment.read_again(self.start, self.length)


class Deliveries:
    """Those of one shipper. The spool's files and lines in memory stay until theirs are stored.

    Args:
        find_stored: asks the database, when an entry is gone and left no receipt: the inbox forgot
            it, or only the receipt, or a worker of a release before stored it.
    """

    def __init__(self, spool: Spool, inbox: Inbox, find_stored: FindStored) -> None:
        self._spool = spool
        self._inbox = inbox
        self._find_stored = find_stored
        self._by_number: dict[bytes, Delivery] = {}
        self._look_at = 0.0

    def __len__(self) -> int:
        return len(self._by_number)

    def oldest_at(self) -> float | None:
        """When the oldest was first put, in seconds since 1970."""
        return min((one.put_at for one in tuple(self._by_number.values())), default=None)

    def has_room(self) -> bool:
        return len(self) < _MOST

    def put(self, lines: bytes, segment: Segment | None = None) -> None:
        """Into the inbox; raises what the inbox raises."""
        ticket = self._inbox.put(lines)
        if ticket is None:
            self._forget(segment, lines)
            return
        start, kept = (segment.shipped, b"") if segment else (0, lines)
        look_at = time.monotonic() + _LOOK_EVERY_SECONDS
        delivery = Delivery(ticket, segment, start, len(lines), kept, look_at)
        self._by_number[ticket.number] = delivery
        if segment:
            segment.unstored += 1

    def collect_receipts(self) -> None:
        """Ends the deliveries that are stored; raises what the inbox raises."""
        if not self._by_number:
            return
        receipts = self._inbox.list_receipts()
        for number in receipts & self._by_number.keys():
            self._end(self._by_number[number])
        if receipts:
            self._inbox.drop_receipts(list(receipts))

    def put_forgotten_again(self) -> bool:
        """Whether something was put again. Raises what the inbox raises; when the database does not
        answer, it is asked a little later.
        """
        now = time.monotonic()
        if now < self._look_at:
            return False
        waiting = (one for one in self._by_number.values() if one.look_at <= now)
        due = list(islice(waiting, _AT_ONCE))
        if not due:
            return False
        gone = set(self._inbox.find_gone([delivery.ticket for delivery in due]))
        if gone:
            # Most were stored between the last look for receipts and this one.
            self.collect_receipts()
            due = [delivery for delivery in due if delivery.ticket.number in self._by_number]
        # Each gets its turn, however many wait.
        turn = min(_MAX_WAIT_SECONDS, max(_LOOK_EVERY_SECONDS, len(self) / _AT_ONCE))
        for delivery in due:
            delivery.look_at = now + turn
        found = [delivery for delivery in due if delivery.ticket in gone]
        # Where one was forgotten, all were; else there is time.
        self._look_at = now if found else now + _LOOK_EVERY_SECONDS
        return sum(map(self._put_again, found)) > 0

    def _put_again(self, delivery: Delivery) -> bool:
        lines = list(each_line(delivery.read()))
        try:
            stored = self._find_stored(lines)
        except Exception as error:
            log.warning("whether %s are stored is asked again soon: %s", self._spool.kind, error)
            self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
            return False
        missing = [line for line in lines if line not in stored]
        if not missing:
            self._end(delivery)
            return False
        log.warning("the inbox forgot %d %s: they are put again", len(missing), self._spool.kind)
        ticket = self._inbox.put(b"".join(line + b"\n" for line in missing))
        if ticket is None:
            self._end(delivery)
            return True
        del self._by_number[delivery.ticket.number]
        delivery.ticket, delivery.times = ticket, delivery.times + 1
        # A worker of a release before leaves no receipt even for lines that it set aside.
        wait = min(_MAX_WAIT_SECONDS, 2.0 ** min(delivery.times, 10))
        delivery.look_at = time.monotonic() + wait
        self._by_number[ticket.number] = delivery
        return True

    def clear(self) -> None:
        """In a forked child: they are the parent's."""
        self._by_number.clear()

    def _end(self, delivery: Delivery) -> None:
        del self._by_number[delivery.ticket.number]
        if delivery.segment:
            delivery.segment.unstored -= 1
        self._forget(delivery.segment, delivery.lines)

    def _forget(self, segment: Segment | None, lines: bytes) -> None:
        if segment is None:
            self._spool.release(len(lines))


def find_stored_with(engine: Engine) -> FindStored:
    def find_stored(lines: Sequence[bytes]) -> set[bytes]:
        """A line that is no scan is never stored; it is set aside by whoever ingests it."""
        by_id: dict[UUID, bytes] = {}
        times = []
        for line in lines:
            try:
                scan = read_line(line)
            except ValueError:
                continue
            by_id[scan.id] = line
            times.append(scan.at)
        if not by_id:
            return set()
        # The time is part of the key, and tells PostgreSQL which months to look into.
        when = Scan.scanned_at.between(min(times) - _HAIR, max(times) + _HAIR)
        query = select(Scan.id).where(Scan.id.in_(by_id), when)
        with engine.connect() as connection:
            return {by_id[found] for found in connection.execute(query).scalars()}

    return find_stored
