"""Files in a folder and in a bucket behave alike, and nothing is left of what was cut off."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pitchbar.clients.object_storage import CutOff, ObjectStorage
from tests.support.faulty_servers import answer, faulty_server
from tests.support.s3_servers import Bucket, s3_server

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with s3_server() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def storage(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ObjectStorage:
    if request.param == "folder":
        return ObjectStorage(f"file://{tmp_path}/kept files")
    made: Bucket = request.getfixturevalue("bucket")
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    storage = ObjectStorage(made.url)
    storage.delete(storage.list_keys(""))
    return storage


@pytest.fixture
def left_behind(
    request: pytest.FixtureRequest, storage: ObjectStorage, tmp_path: Path
) -> Callable[[], int]:
    """What takes room and is no object: parts of uploads that were never finished."""

    def count() -> int:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        unfinished = 0
        if request.node.callspec.params["storage"] == "bucket":
            unfinished = request.getfixturevalue("bucket").unfinished_uploads()
        return len(files) + len(storage.list_keys("")) + unfinished

    return count


def portions(megabytes: int) -> Iterator[bytes]:
    for number in range(megabytes):
        yield bytes([number]) * MEGABYTE


def test_a_large_file_is_kept_as_it_came(storage: ObjectStorage, tmp_path: Path) -> None:
    assert storage.put_stream("sources/1/boats.pdf", portions(50), 50 * MEGABYTE) == 50 * MEGABYTE
    assert storage.size("sources/1/boats.pdf") == 50 * MEGABYTE
    target = tmp_path / "fetched"
    storage.fetch("sources/1/boats.pdf", target)
    wanted = hashlib.sha256(b"".join(portions(50))).digest()
    assert hashlib.sha256(target.read_bytes()).digest() == wanted


def test_an_upload_that_breaks_off_leaves_nothing(
    storage: ObjectStorage, left_behind: Callable[[], int]
) -> None:
    def broken() -> Iterator[bytes]:
        yield from portions(20)
        raise ConnectionResetError("the browser is gone")

    with pytest.raises(ConnectionResetError):
        storage.put_stream("sources/1/boats.pdf", broken(), 50 * MEGABYTE)
    assert left_behind() == 0


@pytest.mark.parametrize("announced", [51 * MEGABYTE, 49 * MEGABYTE, 0])
def test_an_upload_of_another_length_than_announced_leaves_nothing(
    storage: ObjectStorage, left_behind: Callable[[], int], announced: int
) -> None:
    with pytest.raises(CutOff):
        storage.put_stream("sources/1/boats.pdf", portions(50), announced)
    assert left_behind() == 0


def test_what_was_there_stays_when_its_successor_breaks_off(storage: ObjectStorage) -> None:
    storage.put("boats.txt", b"before")
    with pytest.raises(CutOff):
        storage.put_stream("boats.txt", iter([b"af"]), 5)
    assert b"".join(storage.read("boats.txt")) == b"before"


def test_all_below_a_place_goes_with_it(storage: ObjectStorage) -> None:
    for key in ("sources/1/a.pdf", "sources/1/b.pdf", "sources/10/c.pdf"):
        storage.put(key, b"x")
    storage.delete_below("sources/1")
    assert storage.list_keys("sources") == ["sources/10/c.pdf"]
    storage.delete_below("sources/1")
    storage.delete(["not/there"])


def test_what_is_not_there_is_told(storage: ObjectStorage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.fetch("not/there", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_bucket_that_fails_is_told_after_a_few_tries(
    monkeypatch: pytest.MonkeyPatch, bucket: Bucket
) -> None:
    """Somebody waits for it; left to itself, the library tries for minutes."""
    with faulty_server(answer(503, headers=(("Connection", "close"),))) as failing:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT", failing.url.rstrip("/"))
        with pytest.raises(Exception, match=r"(?i)error"):
            ObjectStorage("s3://box/kept").size("a")
        assert len(failing.heads) == 4
