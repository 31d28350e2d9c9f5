"""The spool: append-only segment files on local disk, the first place that knows of a scan.

One process writes its own segments and holds a lock on each. A segment whose lock is free belongs
to a process that is gone; the next shipper that finds it adopts it. A segment is deleted only after
all its lines are stored, so a line may be shipped twice, but never not at all.
"""

import logging
import os
import threading
import time
from collections import deque
from pathlib import Path

from pitchbar.scans.segments import (
    SUFFIX,
    Segment,
    create_segment,
    lock_existing,
    remove_nameless,
)

log = logging.getLogger(__name__)
_MIN_AGE_SECONDS = 1.0
# Each open segment is an open file: when so many wait, further ones are made larger.
_MANY_SEGMENTS = 64
OVERFLOW_BYTES = 64 << 20


class Spool:
    """The segments of this process.

    `append` is one `write` and waits for no network, no database and no other thread. When the disk
    refuses, lines are held in memory (`overflow`) until the disk takes them or they are stored.

    Args:
        overflow_bytes: how much is held in memory; what comes then is dropped, counted and told.
        kind: what the lines are, for the log.
    """

    def __init__(
        self,
        directory: Path,
        segment_bytes: int = 1 << 20,
        overflow_bytes: int = OVERFLOW_BYTES,
        kind: str = "scans",
    ) -> None:
        self.directory = directory
        self.kind = kind
        self.overflow: deque[bytes] = deque()
        self.held_bytes = 0
        self.held_since = 0.0
        self.refused = 0
        self.dropped = 0
        self._is_full = False
        self._segment_bytes = self._largest = segment_bytes
        self._overflow_bytes = overflow_bytes
        self._lock = threading.Lock()
        self._overflow_lock = threading.Lock()
        self._current: Segment | None = None
        self._segments: list[Segment] = []

    def append(self, line: bytes) -> None:
        """Keeps one line, which ends with a line feed. Never raises."""
        try:
            if self._write(line):
                return
            error = "only half of a line was written"
        except OSError as refusal:
            error = str(refusal)
        self._hold(line, error)

    def is_full(self) -> bool:
        """Whether lines are dropped that the disk refuses, until there is room again."""
        return self._is_full

    def release(self, count: int) -> None:
        """So many bytes of lines that were held in memory are on disk or stored."""
        with self._overflow_lock:
            self.held_bytes = max(0, self.held_bytes - count)
            self._is_full = False

    def flush_overflow(self) -> None:
        """Writes held lines to disk, if it takes them again; raises OSError when it does not."""
        while self.overflow and self._write(self.overflow[0]):
            self.release(len(self.overflow.popleft()))

    def _hold(self, line: bytes, error: str) -> None:
        with self._overflow_lock:
            self.refused += 1
            fits = self.held_bytes + len(line) <= self._overflow_bytes
            if fits:
                self.held_since = self.held_since if self.held_bytes else time.time()
                self.overflow.append(line)
                self.held_bytes += len(line)
            else:
                self.dropped += 1
                self._is_full = True
        if not fits and self.dropped % 1000 == 1:
            log.critical("%d %s are lost: SPOOL_OVERFLOW_BYTES are held", self.dropped, self.kind)
        if self.refused % 1000 == 1:
            log.error("the spool's disk refuses: %s; %d held in memory", error, len(self.overflow))

    def segments(self) -> list[Segment]:
        """All segments that are not deleted yet, oldest first."""
        with self._lock:
            return list(self._segments)

    def retire(self, segment: Segment) -> None:
        """Deletes a segment whose lines are all stored, so that addresses do not linger on disk.
        The one in use goes too once it is a second old; the next line opens another.
        """
        if segment.unstored:
            return
        if segment is self._current:
            if time.monotonic() - segment.opened_at < _MIN_AGE_SECONDS or segment.unshipped():
                return
            self._close(segment)
        # Nobody begins to write to it any more. What was written meanwhile is shipped first.
        if segment.writers or segment.read(1 << 20):
            return
        if segment.unshipped():
            log.warning("%s ends in half a line, which was never accepted", segment.path.name)
        with self._lock:
            self._segments.remove(segment)
        segment.delete()

    def close(self) -> None:
        """The process ends: its segment may be deleted once it is shipped."""
        if self._current is not None:
            self._close(self._current)

    def adopt(self) -> list[Segment]:
        """Takes over the segments of processes that are gone."""
        remove_nameless(self.directory)
        mine = {segment.path for segment in self.segments()}
        found = (path for path in sorted(self.directory.glob(f"*{SUFFIX}")) if path not in mine)
        adopted = [segment for path in found if (segment := lock_existing(path))]
        with self._lock:
            self._segments[:0] = adopted
        return adopted

    def reset_after_fork(self) -> None:
        """In a forked child: the parent's segments are the parent's, and so are their locks."""
        for segment in self._segments:
            os.close(segment.descriptor)
        self._lock = threading.Lock()
        self._overflow_lock = threading.Lock()
        self._current = None
        self._segments = []
        self.overflow.clear()
        self.held_bytes = self.refused = self.dropped = 0
        self._is_full = False

    def _write(self, line: bytes) -> bool:
        """False when only a part was written.

        No lock, because other threads would wait for it whenever the kernel is busy with a write.
        Announcing oneself and looking again is enough: either this thread sees that the segment was
        closed, or `retire` sees this thread. The system appends one line after the other.
        """
        segment = self._enter()
        try:
            # The line feed in front keeps a line apart from the half of another before it.
            written = os.write(segment.descriptor, b"\n" + line)
        finally:
            segment.writers.pop()
        segment.size += written
        if written == len(line) + 1:
            return True
        self._close(segment)
        return False

    def _enter(self) -> Segment:
        while True:
            segment = self._current
            if segment is None or segment.size >= self._largest:
                segment = self._open()
            segment.writers.append(None)
            if segment is self._current:
                return segment
            segment.writers.pop()

    def _close(self, segment: Segment) -> None:
        with self._lock:
            if self._current is segment:
                self._current = None

    def _open(self) -> Segment:
        with self._lock:
            segment = self._current
            if segment is None or segment.size >= self._largest:
                self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
                segment = self._current = create_segment(self.directory)
                self._segments.append(segment)
                self._largest = self._segment_bytes * (1 + len(self._segments) // _MANY_SEGMENTS)
            return segment
