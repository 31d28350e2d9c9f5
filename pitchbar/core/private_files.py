"""What Pitchbar keeps on disk is for the account that it runs under, and for no other."""

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

_OTHERS = 0o077
# What we make in DATA_DIR, which may be a folder that holds other things, too.
_OWN = ("*.db", "*.db-*", "app_key", "mail")


def make_only_private_files() -> None:
    """From now on, whatever this process and its children create is closed to others."""
    os.umask(_OTHERS)


def keep_private(data_dir: Path, database_url: str, folders: Iterable[Path]) -> None:
    """Makes the folders, and closes to others what there is of ours.

    A folder that is shared on purpose (with the sticky bit, like /tmp) or that belongs to somebody
    else stays as it is; what is ours in it does not.
    """
    for folder in (data_dir, *folders):
        # Who needs the folder says so when it cannot be made.
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        _close(folder)
    ours = [path for pattern in _OWN for path in data_dir.glob(pattern)]
    for path in (*ours, *folders, *_files_of(database_url)):
        _close_all(path)


def _files_of(database_url: str) -> list[Path]:
    if not database_url.startswith("sqlite:///"):
        return []
    file = Path(database_url.removeprefix("sqlite:///").partition("?")[0])
    return [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm", "-journal")]


def _close_all(path: Path) -> None:
    _close(path)
    if path.is_dir() and not path.is_symlink():
        for inner in path.rglob("*"):
            _close(inner)


def _close(path: Path) -> None:
    # A file may go meanwhile: another process ships and deletes.
    with contextlib.suppress(OSError):
        found = path.lstat()
        is_ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX
        if is_ours and not stat.S_ISLNK(found.st_mode) and found.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
