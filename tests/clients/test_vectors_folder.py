"""One folder for the processes of a machine, with real processes, one of which is killed."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pitchbar.clients.vectors import (
    DENSE,
    SPARSE,
    Collection,
    Point,
    Probe,
    SparseVector,
    VectorsUnavailable,
    Where,
    point_id,
)
from pitchbar.clients.vectors_folder import FolderStore

MODEL = Collection("a model", 2)
_ROOT = Path(__file__).parents[2]
# Puts points in, says so, and stays until it is told to go.
_OTHER = """
import sys
from pathlib import Path
from tests.clients.test_vectors_folder import MODEL, make_point
from pitchbar.clients.vectors import Where
from pitchbar.clients.vectors_folder import FolderStore
store = FolderStore(Path(sys.argv[1]))
store.upsert(MODEL, [make_point(int(one)) for one in sys.argv[2:]])
print(store.owns(), store.count(MODEL.name, Where()), flush=True)
sys.stdin.read()
"""


def make_point(chunk: int) -> Point:
    payload = {"workspace_id": 1, "generation_id": 1, "chunk_id": chunk}
    return Point(point_id(1, chunk), [1.0, 0.0], SparseVector((chunk,), (1.0,)), payload)


@contextmanager
def another_process(folder: Path, *chunks: int) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", _OTHER, str(folder), *map(str, chunks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderStore]:
    made = FolderStore(tmp_path / "vectors")
    yield made
    made.close()


def test_the_second_process_asks_the_first_and_takes_its_place_when_it_is_killed(
    store: FolderStore, tmp_path: Path
) -> None:
    with another_process(tmp_path / "vectors", 1, 2) as first:
        assert _said(first) == "True 2"
        store.upsert(MODEL, [make_point(3)])
        assert not store.owns()
        words = Probe(SPARSE, SparseVector((1,), (1.0,)), Where(1), 5)
        meaning = Probe(DENSE, [1.0, 0.0], Where(1, (1,)), 5)
        by_words, by_meaning = store.query(MODEL, [words, meaning])
        assert [one.payload["chunk_id"] for one in by_words] == [1]
        assert len(by_meaning) == 3
        assert store.list_collections() == [MODEL.name]
        found, _ = store.scroll(MODEL.name, Where(1), None, 10)
        assert len(found) == 3
        first.send_signal(signal.SIGKILL)
        first.wait()
        # What it had taken is there, and so is what it had been sent.
        assert store.count(MODEL.name, Where()) == 3
        assert store.owns()
    with another_process(tmp_path / "vectors", 4) as second:
        assert _said(second) == "False 4"
    assert store.count(MODEL.name, Where()) == 4


def test_a_refusal_of_the_owner_reaches_who_asked(store: FolderStore, tmp_path: Path) -> None:
    with another_process(tmp_path / "vectors", 1) as first:
        assert _said(first) == "True 1"
        odd = Point(point_id(1, 2), [1.0], SparseVector(), dict(make_point(2).payload))
        with pytest.raises(VectorsUnavailable):
            store.upsert(MODEL, [odd])
        assert store.count(MODEL.name, Where()) == 1


def test_an_owner_that_is_frozen_is_waited_for_and_no_longer(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "vectors", patience=0.1, answer_within=0.2)
    with another_process(tmp_path / "vectors", 1) as first:
        assert _said(first) == "True 1"
        first.send_signal(signal.SIGSTOP)
        with pytest.raises(VectorsUnavailable, match="silent"):
            store.count(MODEL.name, Where())
        first.send_signal(signal.SIGCONT)
        assert store.count(MODEL.name, Where()) == 1
    store.close()


def test_a_forked_child_asks_its_parent(store: FolderStore) -> None:
    store.upsert(MODEL, [make_point(1)])
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            store.upsert(MODEL, [make_point(2)])
            os.write(write, b"owner" if store.owns() else b"guest")
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(read, 10) == b"guest"
    os.close(read)
    os.close(write)
    assert store.count(MODEL.name, Where()) == 2


def test_many_threads_write_and_read_at_once(store: FolderStore, tmp_path: Path) -> None:
    with another_process(tmp_path / "vectors", 1) as first:
        assert _said(first) == "True 1"
        errors: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for chunk in range(number * 10, number * 10 + 10):
                    store.upsert(MODEL, [make_point(chunk)])
                    store.query(MODEL, [Probe(DENSE, [1.0, 0.0], Where(1), 5)])
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert store.count(MODEL.name, Where()) == 41
    store.close()


def test_the_folder_goes_to_the_next_when_it_is_given_up(tmp_path: Path) -> None:
    first, second = FolderStore(tmp_path / "vectors"), FolderStore(tmp_path / "vectors")
    first.upsert(MODEL, [make_point(1)])
    first.close()
    assert second.count(MODEL.name, Where()) == 1
    assert second.owns()
    second.close()


def test_a_folder_whose_name_is_too_long_for_a_socket_is_shared_too(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 80) / ("b" * 80)
    store = FolderStore(deep)
    store.upsert(MODEL, [make_point(1)])
    with another_process(deep, 2) as second:
        assert _said(second) == "False 2"
    store.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", 0xFFFFFFFF),
        struct.pack(">I", 4) + b"{{{{",
        struct.pack(">I", 30) + b'{"method":"__class__","args":[',
        struct.pack(">I", 30) + b'{"method":"__class__","args":[]}'[:30],
        struct.pack(">I", 32) + b'{"method":"__class__","args":[]}',
        struct.pack(">I", 27) + b'{"method":"drop","args":[]}',
        struct.pack(">I", 2) + b"[]",
    ],
)
def test_what_no_store_would_ask_does_no_harm(store: FolderStore, sent: bytes) -> None:
    store.upsert(MODEL, [make_point(1)])
    address = next(iter(store.addresses()))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
        stranger.connect(address)
        stranger.sendall(sent)
        stranger.shutdown(socket.SHUT_WR)
        stranger.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            while stranger.recv(1024):
                pass
    assert store.count(MODEL.name, Where()) == 1


def test_nobody_else_may_open_the_socket(store: FolderStore) -> None:
    store.upsert(MODEL, [make_point(1)])
    [address] = store.addresses()
    assert Path(address).stat().st_mode & 0o077 == 0
