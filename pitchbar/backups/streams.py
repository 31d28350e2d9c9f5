"""Bytes on their way: packed, sealed with age and counted, a portion at a time, never whole in
memory.
"""

import hashlib
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pitchbar.backups.errors import BackupError

PORTION = 1 << 18
_GZIP = zlib.MAX_WBITS | 16


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writer(Protocol):
    def write(self, data: bytes, /) -> Any: ...


class CountedWriter:
    """Passes on what it gets, and knows its size and sha256."""

    def __init__(self, target: Writer) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        portion = bytes(data)
        self._digest.update(portion)
        self.size += len(portion)
        self._target.write(portion)
        return len(portion)

    def flush(self) -> None:
        """What is behind it is flushed by whoever opened it."""


class PackingReader:
    """A gzip of what another reader gives."""

    def __init__(self, source: Reader) -> None:
        self._source = source
        # The quickest: a database packs well, and a night is short.
        self._packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
        self._ready = bytearray()
        self._is_over = False

    def read(self, size: int = -1, /) -> bytes:
        while not self._is_over and (size < 0 or len(self._ready) < size):
            portion = self._source.read(PORTION)
            self._ready += self._packer.compress(portion) if portion else self._packer.flush()
            self._is_over = not portion
        size = len(self._ready) if size < 0 else size
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given


class UnpackingWriter:
    """Writes what a gzip holds."""

    def __init__(self, target: Writer) -> None:
        self._target = target
        self._unpacker = zlib.decompressobj(_GZIP)

    def write(self, data: bytes) -> int:
        # A portion may hold a thousand times of itself: it comes out bit by bit.
        waiting = bytes(data)
        while waiting:
            try:
                portion = self._unpacker.decompress(waiting, PORTION)
            except zlib.error as error:
                raise BackupError(f"The backup cannot be unpacked: {error}.") from None
            self._target.write(portion)
            waiting = self._unpacker.unconsumed_tail
        return len(data)

    def flush(self) -> None:
        """There is nothing that waits."""

    def finish(self) -> None:
        """Raises BackupError where the end is missing."""
        self._target.write(self._unpacker.flush())
        if not self._unpacker.eof:
            raise BackupError("The backup breaks off: its last part is missing.")


def seal(source: Reader, target: Writer, recipients: Sequence[str]) -> None:
    """Encrypts for each of them, so that any one of their secret keys opens it; with none, copies.

    Raises BackupError for what is no public key of age, and what the reader and writer raise.
    """
    if not recipients:
        shutil.copyfileobj(source, target, PORTION)
        return
    import pyrage

    try:
        keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError:
        raise BackupError(
            "BACKUP_RECIPIENT is no public key of age. Make a pair with age-keygen, and set the "
            "public one, which starts with age1."
        ) from None
    pyrage.encrypt_io(source, target, keys)


def unseal(path: Path, target: Writer, identity: str, *, is_encrypted: bool) -> None:
    """Writes what the file holds.

    Args:
        identity: secret keys of age, one in a line; lines that begin with # are passed over.

    Raises:
        BackupError: it is encrypted, and this is not its key.
    """
    with path.open("rb") as source:
        if not is_encrypted:
            shutil.copyfileobj(source, target, PORTION)
            return
        import pyrage

        try:
            pyrage.decrypt_io(source, target, read_identities(identity))
        except OSError as error:
            # Without a number it is of no disk or pipe, but what the library says of the text.
            if error.errno is None and not isinstance(error, BrokenPipeError):
                raise BackupError(f"The backup was changed or breaks off: {error}.") from None
            raise
        except pyrage.DecryptError as error:
            raise BackupError(
                f"The backup is encrypted, and this key does not open it ({error}). Give the "
                "secret key to its BACKUP_RECIPIENT with --identity FILE, or in BACKUP_IDENTITY."
            ) from None


def read_identities(text: str) -> list[Any]:
    """Raises BackupError where there is none."""
    import pyrage

    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except pyrage.IdentityError:
        raise BackupError("This is no secret key of age, as age-keygen writes it.") from None
    if not found:
        raise BackupError(
            "The backup is encrypted: give its secret key with --identity FILE, or in "
            "BACKUP_IDENTITY."
        )
    return found


@contextmanager
def work_folder(data_dir: Path) -> Iterator[Path]:
    """For files on their way, closed to others; what a killed process left in it is deleted first.
    Only who has the lock of backups may use it.
    """
    folder = data_dir / "backup-work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
