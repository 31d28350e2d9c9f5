"""One folder for all processes of a machine. The first that locks it has the engine and serves the
others over a socket; when it dies, the next that asks takes its place.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import logging
import os
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from pitchbar.clients import vectors_wire as wire
from pitchbar.clients.vectors import Collection, Found, Point, Probe, VectorsUnavailable, Where
from pitchbar.clients.vectors_engine import Engine

log = logging.getLogger(__name__)

# A socket's address has room for so many characters.
_LONGEST_ADDRESS = 100


class FolderStore:
    """Args:
    folder: made when it is not there.
    patience: seconds for which whoever asks waits for an owner that comes or goes.
    answer_within: seconds that an answer of the owner may take.
    """

    def __init__(self, folder: Path, patience: float = 15.0, answer_within: float = 30.0) -> None:
        self._folder = folder
        self._patience = patience
        self._answer_within = answer_within
        self._lock = threading.RLock()
        self._forget()

    def upsert(self, collection: Collection, points: Sequence[Point]) -> None:
        self._run("upsert", collection, points)

    def delete(self, name: str, where: Where) -> None:
        self._run("delete", name, where)

    def query(self, collection: Collection, probes: Sequence[Probe]) -> list[list[Found]]:
        answer: list[list[Found]] = self._run("query", collection, probes)
        return answer

    def scroll(
        self, name: str, where: Where, after: str | None, limit: int
    ) -> tuple[list[Found], str | None]:
        answer: tuple[list[Found], str | None] = self._run("scroll", name, where, after, limit)
        return answer

    def count(self, name: str, where: Where) -> int:
        return int(self._run("count", name, where))

    def list_collections(self) -> list[str]:
        return list(self._run("list_collections"))

    def drop(self, name: str) -> None:
        self._run("drop", name)

    def describe(self) -> str:
        return f"the folder {self._folder}"

    def addresses(self) -> list[str]:
        """Of the sockets that are served: the one of the folder's owner, if there is one."""
        try:
            return [(self._folder / "address").read_text()]
        except FileNotFoundError:
            return []

    def owns(self) -> bool:
        """Whether this process has the engine."""
        self._forget_parents()
        return self._engine is not None

    def close(self) -> None:
        """Gives the folder to others."""
        with self._lock:
            self._forget_parents()
            if self._server is not None:
                # Wakes the thread that waits for others, which closing alone does not.
                with contextlib.suppress(OSError):
                    self._server.shutdown(socket.SHUT_RDWR)
            for one in (self._server, self._engine, self._held):
                if one is not None:
                    one.close()
            self._hang_up()
            self._forget()
            atexit.unregister(self.close)

    def _forget(self) -> None:
        self._process = os.getpid()
        self._engine: Engine | None = None
        self._held: IO[str] | None = None
        self._server: socket.socket | None = None
        self._idle: list[socket.socket] = []

    def _forget_parents(self) -> None:
        """A forked child has neither its parent's lock nor its threads."""
        if self._process != os.getpid():
            self._lock = threading.RLock()
            self._forget()

    def _run(self, method: str, *args: Any) -> Any:
        self._forget_parents()
        until = time.monotonic() + self._patience
        while True:
            if engine := self._engine or self._take():
                return getattr(engine, method)(*args)
            try:
                return self._ask(method, args)
            except (OSError, wire.BrokenFrame) as error:
                self._hang_up()
                if time.monotonic() > until or isinstance(error, TimeoutError):
                    raise VectorsUnavailable("the process that has the index is silent") from error
                time.sleep(0.02)

    def _ask(self, method: str, args: Sequence[Any]) -> Any:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            wire.send(connection, wire.call_of(method, *args))
            answer = wire.receive(connection)
        except BaseException:
            # What comes of it later must not be taken for the answer to another question.
            connection.close()
            raise
        self._idle.append(connection)
        if "error" in answer:
            raise VectorsUnavailable(answer["error"])
        return wire.read_answer(method, answer["result"])

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._answer_within)
        try:
            connection.connect((self._folder / "address").read_text())
        except OSError:
            connection.close()
            raise
        return connection

    def _hang_up(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Engine | None:
        """The engine, if the folder was nobody's; the kernel frees a lock when its owner dies."""
        with self._lock:
            if self._engine is not None:
                return self._engine
            self._folder.mkdir(parents=True, exist_ok=True)
            held = (self._folder / "lock").open("a")
            try:
                # Of a process, not of a file: a forked child does not hold it on.
                fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                held.close()
                return None
            engine = Engine(self._folder)
            self._held, self._server = held, _listen(self._folder)
            _start(self._server, engine)
            self._engine = engine
            atexit.register(self.close)
            return engine


def _listen(folder: Path) -> socket.socket:
    path = folder / "socket"
    if len(str(path)) > _LONGEST_ADDRESS:
        path = Path(tempfile.mkdtemp(prefix="pitchbar-")) / "socket"
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    path.chmod(0o600)
    server.listen(64)
    written = folder / "address.new"
    written.write_text(str(path))
    written.replace(folder / "address")
    return server


def _start(server: socket.socket, engine: Engine) -> None:
    threading.Thread(target=_accept, args=(server, engine), daemon=True, name="vectors").start()


def _accept(server: socket.socket, engine: Engine) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(
            target=_serve, args=(connection, engine), daemon=True, name="vectors-peer"
        ).start()


def _serve(connection: socket.socket, engine: Engine) -> None:
    with connection, contextlib.suppress(OSError, wire.BrokenFrame):
        while True:
            call = wire.receive(connection)
            try:
                wire.send(connection, {"result": wire.answer_call(engine, call)})
            except VectorsUnavailable as error:
                wire.send(connection, {"error": str(error)})
            except (KeyError, TypeError, ValueError) as error:
                log.warning("vectors: a question that cannot be read: %r", error)
                wire.send(connection, {"error": "the question cannot be read"})
