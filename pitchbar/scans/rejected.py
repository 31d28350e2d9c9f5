"""Lines that can never be stored, kept on disk for a person to look at."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from pitchbar.core.system_threads import run_blocking

log = logging.getLogger(__name__)
FILE = "rejected.ndjson"
FILE_BYTES = 16 << 20
# Beside the one in use; the oldest goes when another is full.
_KEPT = 4

Rejected = list[tuple[bytes, Exception]]


class RejectedLines:
    """The file, and the full ones before it: `rejected.1.ndjson` is the newest of those.

    Renamed to end in `.spool`, a file is read again: after its cause is mended.
    """

    def __init__(self, folder: Path, file_bytes: int = FILE_BYTES) -> None:
        self._path = folder / FILE
        self._file_bytes = file_bytes

    def keep(self, rejected: Rejected) -> None:
        """Returns when they outlive a power cut: for their sender they count as stored."""
        if not rejected:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._path.exists() and self._path.stat().st_size >= self._file_bytes:
            self._rotate()
        self._write([line for line, _ in rejected])
        for _, error in rejected:
            log.error("a line cannot be stored and is kept in %s: %s", self._path, error)

    def _write(self, lines: Sequence[bytes]) -> None:
        self._path.touch(mode=0o600)
        with self._path.open("ab") as file:
            file.writelines(line + b"\n" for line in lines)
            file.flush()
            run_blocking(os.fsync, file.fileno())

    def _rotate(self) -> None:
        full = [self._path.with_name(f"rejected.{number}.ndjson") for number in range(1, _KEPT + 1)]
        if full[-1].exists():
            log.warning("%s is full: the oldest rejected lines are deleted", self._path)
        for older, newer in zip(full[:0:-1], full[-2::-1], strict=True):
            if newer.exists():
                newer.replace(older)
        self._path.replace(full[0])
