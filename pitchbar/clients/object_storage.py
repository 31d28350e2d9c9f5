"""Files that outlive a process and are reached from every machine: a folder, or a bucket of S3 and
what speaks like it. STORAGE_URL chooses; keys of a bucket come from the variables of its makers
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, …).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

_CHUNK = 1 << 20


class ObjectStorage:
    """Args:
    url: `file:///a/folder` or `s3://bucket/prefix`.

    Raises what the library raises, all of them OSErrors or subclasses of Exception with a sentence;
    FileNotFoundError for a key that is not there.
    """

    def __init__(self, url: str) -> None:
        from obstore.store import from_url

        options: dict[str, Any] = {"mkdir": True} if url.startswith("file:") else {}
        self._store: Any = from_url(url, **options)

    def put(self, key: str, data: bytes) -> None:
        import obstore

        obstore.put(self._store, key, data)

    def put_stream(self, key: str, portions: Iterator[bytes]) -> int:
        """Returns how many bytes; the object is there when all of it is, and not before."""
        import obstore

        size = 0
        with obstore.open_writer(self._store, key) as writer:
            for portion in portions:
                writer.write(portion)
                size += len(portion)
        return size

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


@lru_cache(maxsize=8)
def open_storage(url: str) -> ObjectStorage:
    return ObjectStorage(url)
