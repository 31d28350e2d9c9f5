"""What a kind of database must do for its backups; `sqlite.py` and `postgres.py` do it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from pitchbar.backups.manifest import TableSum
from pitchbar.backups.streams import Reader


class Snapshot(Protocol):
    """The database at one moment, whoever writes meanwhile."""

    def reading(self) -> AbstractContextManager[Reader]:
        """All of it as a file. Raises BackupError at the end of the block where it is not whole."""

    def sum_tables(self) -> dict[str, TableSum]: ...

    def revision(self) -> str:
        """Of the migrations; empty where they never ran."""


class Copy(Protocol):
    """A fresh place into which a backup was brought."""

    def sum_tables(self) -> dict[str, TableSum]: ...

    def revision(self) -> str: ...


class DatabaseEngine(Protocol):
    kind: str
    ending: str

    def lock(self) -> AbstractContextManager[None]:
        """One at a time; whoever is second gets BackupRunning. A killed process leaves none."""

    def snapshot(self, work: Path) -> AbstractContextManager[Snapshot]:
        """Args:
        work: a folder for files on their way.
        """

    def fresh_copy(
        self, file: Path, work: Path, identity: str, *, is_encrypted: bool
    ) -> AbstractContextManager[Copy]:
        """Brings a backup into a place of its own, which is gone after the block."""

    def find_contents(self) -> str:
        """What is in the database that a restore would overwrite, in words; empty for nothing."""

    def restore(self, file: Path, work: Path, identity: str, *, is_encrypted: bool) -> str:
        """Puts the backup in the place of all that is there; where it fails, what was there stays.
        Returns where what was there before is kept, in words; empty where there was nothing.
        """


# What nobody wants to lose, and what one of it is called. Rows of other tables come by themselves
# as soon as processes run.
PRECIOUS = {"people": "person", "workspaces": "workspace", "codes": "code", "scans": "scan"}


def contents_of(counts: Iterable[tuple[str, int]]) -> str:
    """ "1 workspace, 12 codes"; what is empty is not named."""
    told = [
        f"{count:,} {PRECIOUS[name] if count == 1 else name}" for name, count in counts if count
    ]
    return ", ".join(told)
