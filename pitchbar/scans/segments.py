"""A segment: one append-only file of the spool, and the lock on it."""

import contextlib
import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pitchbar.core.system_threads import run_blocking

log = logging.getLogger(__name__)
SUFFIX = ".spool"
# A file gets its name when its lock is held, so that nobody takes it for an abandoned one.
_NAMELESS = ".new"
_NAMELESS_SECONDS = 60.0


@dataclass(eq=False)
class Segment:
    """A file of lines; `shipped` bytes of it are in the inbox, and `unstored` deliveries of those
    are not known to be stored.

    `counted` bytes are in the counts of their hours, which the process that wrote them keeps.

    `size` is about what was written, good enough to end the segment by. `synced` bytes outlive a
    power cut. `writers` has an entry for each thread that is writing now.
    """

    path: Path
    descriptor: int
    size: int = 0
    shipped: int = 0
    synced: int = 0
    unstored: int = 0
    counted: int = 0
    is_adopted: bool = False
    is_deleted: bool = False
    opened_at: float = field(default_factory=time.monotonic)
    writers: list[None] = field(default_factory=list)

    def read(self, most: int) -> bytes:
        """The next whole lines, `most` bytes at the most; empty when there are none."""
        return _whole_lines(os.pread(self.descriptor, most, self.shipped))

    def read_synced(self, most: int) -> bytes:
        """As `read`, of what outlives a power cut."""
        most = min(most, self.synced - self.shipped)
        return _whole_lines(os.pread(self.descriptor, most, self.shipped)) if most > 0 else b""

    def read_uncounted(self, most: int) -> bytes:
        """The next whole lines that are synced and were not asked for in this way before."""
        most = min(most, self.synced - self.counted)
        lines = _whole_lines(os.pread(self.descriptor, most, self.counted)) if most > 0 else b""
        self.counted += len(lines)
        return lines

    def read_again(self, start: int, length: int) -> bytes:
        return os.pread(self.descriptor, length, start)

    def unshipped(self) -> int:
        """How many bytes are not in the inbox."""
        return self.written() - self.shipped

    def may_be_unshipped(self) -> bool:
        """As `unshipped`, without asking the system."""
        return self.size > self.shipped

    @property
    def born_at(self) -> float:
        """When its first line came, in seconds since 1970, by its name."""
        try:
            return int(self.path.name.partition("-")[0], 16) / 1e9
        except ValueError:
            return time.time()

    def written(self) -> int:
        return os.fstat(self.descriptor).st_size

    def sync(self) -> None:
        """Waits until all that is written, and the file's name, outlive a power cut. Two threads
        may do so at once.
        """
        written = 0
        try:
            written = self.written()
            if written <= self.synced:
                return
            run_blocking(os.fsync, self.descriptor)
            if self.synced == 0:
                sync_folder(self.path.parent)
        except OSError as refusal:
            if self.is_deleted:
                return
            # What cannot be made safe here is all the safer when it is stored soon.
            log.error("%s cannot be synced: %s", self.path, refusal)
        self.synced = max(self.synced, written)

    def delete(self) -> None:
        self.is_deleted = True
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def create_segment(directory: Path) -> Segment:
    # Sorted by name, segments are in the order of their times.
    path = directory / f"{time.time_ns():016x}-{uuid.uuid4().hex[:12]}{SUFFIX}"
    nameless = path.with_suffix(_NAMELESS)
    descriptor = os.open(nameless, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # Nobody else knows the file, so nobody is waited for.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        nameless.rename(path)
    except OSError:
        os.close(descriptor)
        nameless.unlink(missing_ok=True)
        raise
    return Segment(path, descriptor)


def lock_existing(path: Path) -> Segment | None:
    """The segment of a process that is gone; None while another holds its lock."""
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
    return Segment(path, descriptor, size=os.fstat(descriptor).st_size, is_adopted=True)


def remove_nameless(directory: Path) -> None:
    """Files that a process made and died before it could write a line to them."""
    for path in directory.glob(f"*{_NAMELESS}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _NAMELESS_SECONDS:
                path.unlink()


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        run_blocking(os.fsync, descriptor)
    finally:
        os.close(descriptor)


def each_line(lines: bytes) -> Iterator[bytes]:
    """Without those that are empty: the line feeds that keep halves of lines apart."""
    return filter(None, lines.splitlines())


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]
