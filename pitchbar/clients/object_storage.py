"""Files that outlive a process and are reached from every machine: a folder, or a bucket of S3 and
what speaks like it. STORAGE_URL chooses; keys of a bucket come from the variables of its makers
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, …).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20
# What is away is told to whoever waits, rather than tried again for minutes.
_PATIENCE: dict[str, Any] = {
    "retry_config": {
        "max_retries": 3,
        "retry_timeout": timedelta(seconds=20),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=1),
            "base": 2,
        },
    },
}


class CutOff(OSError):
    """Fewer or more bytes came than were announced."""


class ObjectStorage:
    """Args:
    url: `file:///a/folder` or `s3://bucket/prefix`.

    Raises what the library raises, all of them OSErrors or subclasses of Exception with a sentence;
    FileNotFoundError for a key that is not there.
    """

    def __init__(self, url: str) -> None:
        from obstore.store import from_url

        options = {"mkdir": True} if url.startswith("file:") else _PATIENCE
        self._store: Any = from_url(url, **options)

    def put(self, key: str, data: bytes) -> None:
        import obstore

        obstore.put(self._store, key, data)

    def put_stream(self, key: str, portions: Iterator[bytes], announced: int | None = None) -> int:
        """Returns how many bytes; the object is there when all of it is, and not before.

        Args:
            announced: how many bytes there should be. Raises CutOff for fewer or more. Whatever
                is raised on the way, nothing of it is kept.
        """
        import obstore

        size = 0
        with obstore.open_writer(self._store, key) as writer:
            for portion in portions:
                size += len(portion)
                if announced is not None and size > announced:
                    raise CutOff(f"more than the {announced} bytes announced")
                writer.write(portion)
            if announced is not None and size < announced:
                raise CutOff(f"{size} of {announced} bytes came")
        return size

    @contextmanager
    def writing(self, key: str) -> Iterator[Any]:
        """Something with `write(bytes)`; the object is there when the block ends, and not before.
        Where it ends by an error, nothing is kept.
        """
        import obstore

        with obstore.open_writer(self._store, key) as writer:
            yield writer

    def fetch(self, key: str, target: Path) -> None:
        """Into a file, in portions."""
        size = self.size(key)
        with target.open("wb") as file:
            for portion in self.read(key, 0, size):
                file.write(portion)

    def size(self, key: str) -> int:
        import obstore

        return int(obstore.head(self._store, key)["size"])

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """From byte `start` to before `end`, in portions."""
        import obstore

        end = self.size(key) if end is None else end
        for at in range(start, end, _CHUNK):
            length = min(_CHUNK, end - at)
            yield bytes(obstore.get_range(self._store, key, start=at, length=length))

    def list_keys(self, prefix: str) -> list[str]:
        import obstore

        return sorted(
            str(one["path"]) for page in obstore.list(self._store, prefix) for one in page
        )

    def delete(self, keys: Sequence[str]) -> None:
        """Keys that are not there are passed over."""
        import obstore

        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    def delete_below(self, place: str) -> None:
        """All keys of which it is the first part; `sources/1` is none of `sources/10`."""
        self.delete(self.list_keys(place))


@lru_cache(maxsize=8)
def open_storage(url: str) -> ObjectStorage:
    return ObjectStorage(url)
