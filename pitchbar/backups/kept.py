"""Backups where they are kept: a folder or a bucket (BACKUP_URL)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pitchbar.backups.errors import BackupError
from pitchbar.backups.manifest import Manifest, read_manifest
from pitchbar.clients.object_storage import ObjectStorage, open_storage

_MANIFEST = ".json"
_PREFIX = "pitchbar-"
_MOST_MANIFEST_BYTES = 4 << 20


class KeptBackups:
    """Args:
    url: `file:///a/folder` or `s3://bucket/prefix`.

    Raises BackupError where the storage does not answer.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def storage(self) -> ObjectStorage:
        return open_storage(self.url)

    def list_all(self) -> list[Manifest]:
        """Whole ones, the newest first."""
        with told(self.url):
            keys = [key for key in self.storage.list_keys("") if is_manifest(key)]
            found = [self._read(key) for key in keys]
        return sorted((one for one in found if one), key=lambda one: one.made_at, reverse=True)

    def get(self, name: str = "") -> Manifest:
        """The newest without a name."""
        if not name:
            found = self.list_all()
            if not found:
                raise BackupError(
                    f"There is no backup in {self.url}. Make one with `pitchbar backup create`."
                )
            return found[0]
        with told(self.url):
            key = f"{name.removesuffix(_MANIFEST)}{_MANIFEST}"
            manifest = self._read(key) if is_manifest(key) else None
        if manifest is None:
            raise BackupError(
                f"There is no backup named {name} in {self.url}. `pitchbar backup list` names them."
            )
        return manifest

    def put_manifest(self, manifest: Manifest) -> None:
        with told(self.url):
            self.storage.put(f"{manifest.name}{_MANIFEST}", manifest.to_json())

    def fetch(self, manifest: Manifest, target: Path) -> None:
        """Into a file, which is what was stored to the last byte or the backup is refused."""
        digest = hashlib.sha256()
        with told(self.url), target.open("wb") as file:
            try:
                for portion in self.storage.read(manifest.file):
                    digest.update(portion)
                    file.write(portion)
            except FileNotFoundError:
                raise BackupError(
                    f"The file {manifest.file} of the backup is gone from {self.url}."
                ) from None
        if digest.hexdigest() != manifest.sha256:
            raise BackupError(
                f"{manifest.file} is not what was stored: its sha256 differs from the manifest's. "
                "Nothing was changed; take another backup."
            )

    def trim(self, now: datetime, keep_days: int) -> list[str]:
        """Deletes backups that are older, and files without a manifest from before the newest: what
        a killed backup left. The newest backup stays, however old it is. Returns the names.
        """
        kept = self.list_all()
        old = [one for one in kept[1:] if one.made < now - timedelta(days=keep_days)]
        with told(self.url):
            for one in old:
                # The manifest goes first: a backup is there as a whole or not at all.
                self.storage.delete([f"{one.name}{_MANIFEST}", one.file])
            if kept:
                self.storage.delete(self._remains(kept))
        return [one.name for one in old]

    def _remains(self, kept: list[Manifest]) -> list[str]:
        whole = {one.file for one in kept}
        newest = kept[0].name
        return [
            key
            for key in self.storage.list_keys("")
            if key.startswith(_PREFIX)
            and not key.endswith(_MANIFEST)
            and key not in whole
            and key < newest
        ]

    def _read(self, key: str) -> Manifest | None:
        try:
            if self.storage.size(key) > _MOST_MANIFEST_BYTES:
                return None
            return read_manifest(b"".join(self.storage.read(key)))
        except (FileNotFoundError, ValueError):
            return None


def is_manifest(key: str) -> bool:
    return key.startswith(_PREFIX) and key.endswith(_MANIFEST) and "/" not in key


def name_of(now: datetime, database: str) -> str:
    """In the order of time."""
    return f"{_PREFIX}{now:%Y%m%dT%H%M%S%f}"[:-3] + f"Z-{database}"


@contextmanager
def told(url: str) -> Iterator[None]:
    """Whatever the library of the storage raises, in a sentence."""
    try:
        yield
    except BackupError:
        raise
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:300]
        raise BackupError(
            f"The storage of the backups at {url} does not do what it should: {reason}. Look at "
            "BACKUP_URL, the keys of the bucket, and the room on the disk."
        ) from error
