"""The spool: append-only segment files on local disk, the first place that knows of a scan.

One process writes its own segments and holds a lock on each. A segment whose lock is free belongs
to a process that is gone; the next shipper that finds it adopts it. A segment is deleted only after
the inbox has all its lines, so a line may be shipped twice, but never not at all.
"""

import fcntl
import logging
import os
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)
SUFFIX = ".spool"
_MIN_AGE_SECONDS = 1.0


@dataclass
class Segment:
    """A file of lines; `shipped` bytes of it are in the inbox."""

    path: Path
    descriptor: int
    size: int = 0
    shipped: int = 0
    opened_at: float = field(default_factory=time.monotonic)

    def read(self, most: int) -> bytes:
        """The next whole lines, `most` bytes at the most; empty when there are none."""
        data = os.pread(self.descriptor, most, self.shipped)
        return data[: data.rfind(b"\n") + 1]

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


class Spool:
    """The segments of this process.

    `append` is one `write` and waits for no network and no database. When the disk refuses, lines
    are held in memory (`overflow`) until the shipper takes them.
    """

    def __init__(self, directory: Path, segment_bytes: int = 1 << 20) -> None:
        self.directory = directory
        self.overflow: deque[bytes] = deque()
        self.refused = 0
        self._segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._current: Segment | None = None
        self._segments: list[Segment] = []

    def append(self, line: bytes) -> None:
        """Keeps one line, which ends with a line feed. Never raises."""
        with self._lock:
            segment = self._current
            try:
                if segment is None or segment.size >= self._segment_bytes:
                    segment = self._open()
                written = os.write(segment.descriptor, line)
            except OSError as error:
                self._hold(line, error)
                return
            segment.size += written
            if written < len(line):
                # The torn end of this segment is no line; the whole one is held instead.
                self._close_current()
                self._hold(line, None)

    def segments(self) -> list[Segment]:
        """All segments that are not deleted yet, oldest first."""
        with self._lock:
            return list(self._segments)

    def retire(self, segment: Segment) -> None:
        """Deletes a segment whose lines are all in the inbox, so that addresses do not linger on
        disk. The one in use goes too once it is a second old; the next line opens another.
        """
        with self._lock:
            if segment is self._current:
                young = time.monotonic() - segment.opened_at < _MIN_AGE_SECONDS
                if young or segment.shipped < segment.size:
                    return
                self._close_current()
            if segment.shipped < segment.size:
                log.warning("%s ends in half a line, which was never accepted", segment.path.name)
            self._segments.remove(segment)
        segment.delete()

    def close(self) -> None:
        """The process ends: its segment may be deleted once it is shipped."""
        with self._lock:
            self._close_current()

    def adopt(self) -> list[Segment]:
        """Takes over the segments of processes that are gone."""
        adopted = []
        mine = {segment.path for segment in self.segments()}
        for path in sorted(self.directory.glob(f"*{SUFFIX}")):
            if path in mine:
                continue
            segment = _lock_existing(path)
            if segment is not None:
                adopted.append(segment)
        with self._lock:
            self._segments[:0] = adopted
        return adopted

    def forget_parent(self) -> None:
        """In a forked child: the parent's segments are the parent's."""
        self._lock = threading.Lock()
        self._current = None
        self._segments = []
        self.overflow.clear()

    def _open(self) -> Segment:
        self._close_current()
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / f"{uuid.uuid1().hex}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._current = Segment(path, descriptor)
        self._segments.append(self._current)
        return self._current

    def _close_current(self) -> None:
        self._current = None

    def _hold(self, line: bytes, error: OSError | None) -> None:
        self.refused += 1
        self.overflow.append(line)
        if self.refused % 1000 == 1:
            log.error("the spool's disk refuses: %s; %d held in memory", error, len(self.overflow))


def _lock_existing(path: Path) -> Segment | None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another shipper may have adopted, shipped and deleted it between our two calls.
        if os.fstat(descriptor).st_nlink == 0:
            raise OSError("deleted meanwhile")
    except OSError:
        os.close(descriptor)
        return None
    return Segment(path, descriptor, size=os.fstat(descriptor).st_size)
