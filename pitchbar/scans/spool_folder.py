"""`SPOOL_DIR`, made and tried before the first scan is accepted."""

import os
import uuid
from pathlib import Path

from pitchbar.core.environment import SettingsError
from pitchbar.scans.segments import sync_folder


def prepare_spool_folder(folder: Path) -> None:
    """Makes it, and writes, syncs and deletes a file there.

    Raises:
        SettingsError: with the reason; a scan accepted now would be kept in memory alone.
    """
    probe = folder / f"{uuid.uuid4().hex}.probe"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_synced(probe)
        sync_folder(folder)
    except OSError as error:
        raise SettingsError(
            f"SPOOL_DIR cannot be used: {folder}: {error.strerror}. Accepted scans wait there "
            "until they are stored, so it must be a folder that this process may write to."
        ) from None


def _write_synced(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, b"\n" * 4096)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
