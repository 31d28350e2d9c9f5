"""A segment: one append-only file of the spool, and the lock on it."""

import fcntl
import os
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

SUFFIX = ".spool"


@dataclass
class Segment:
    """A file of lines; `shipped` bytes of it are in the inbox.

    `size` is about what was written, good enough to end the segment by. `writers` has an entry for
    each thread that is writing now.
    """

    path: Path
    descriptor: int
    size: int = 0
    shipped: int = 0
    opened_at: float = field(default_factory=time.monotonic)
    writers: list[None] = field(default_factory=list)

    def read(self, most: int) -> bytes:
        """The next whole lines, `most` bytes at the most; empty when there are none."""
        data = os.pread(self.descriptor, most, self.shipped)
        return data[: data.rfind(b"\n") + 1]

    def unshipped(self) -> int:
        """How many bytes are not in the inbox."""
        return os.fstat(self.descriptor).st_size - self.shipped

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def create_segment(directory: Path) -> Segment:
    while True:
        # Sorted by name, segments are in the order of their times.
        path = directory / f"{time.time_ns():016x}-{uuid.uuid4().hex[:12]}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            raise
        if os.fstat(descriptor).st_nlink:
            return Segment(path, descriptor)
        # Before we had the lock, another process took the file for an abandoned one.
        os.close(descriptor)


def lock_existing(path: Path) -> Segment | None:
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
