"""Processes of the product that need not load it: copies of one that has.

Loading all of it takes some four seconds of a processor, and a test of workers starts several
processes that only do what they are for in a tenth of that. Each copy is a process as any other:
with its own environment and files, to be stopped, killed and waited for.

    python -m tests.support.warm_process <socket>

is the process that is copied. It hears a line of JSON at each connection, with two files beside it
(what the copy prints, and its errors): `program`, `arguments`, `environ`. It answers with the
process id, and when that has ended with its status.
"""

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from pitchbar.core.assets import ROOT
from tests.support.waiting import wait_until

_MOST_BYTES = 1 << 20


class WarmProcess:
    """A program that runs in a copy; to be used as `subprocess.Popen` is."""

    def __init__(
        self,
        program: str,
        *arguments: str,
        env: dict[str, str],
        stdout: IO[Any],
        stderr: IO[Any],
    ) -> None:
        wanted = {"program": program, "arguments": arguments, "environ": env}
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(_address())
        sent = json.dumps(wanted).encode() + b"\n"
        socket.send_fds(self._line, [sent], [stdout.fileno(), stderr.fileno()])
        self._heard = b""
        while b"\n" not in self._heard:
            more = self._line.recv(64)
            assert more, "the process that is copied has ended"
            self._heard += more
        self.pid = int(self._heard.split(b"\n")[0])
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("a copy of the warm process", timeout or 0.0)
        return status

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._line.settimeout(timeout)
            try:
                while self._heard.count(b"\n") < 2:
                    more = self._line.recv(64)
                    assert more, "the process that is copied has ended"
                    self._heard += more
            except (BlockingIOError, TimeoutError):
                return None
            self.returncode = int(self._heard.split(b"\n")[1])
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run_warm(
    program: str, *arguments: str, env: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Runs a program to its end, as `subprocess.run` does."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = WarmProcess(program, *arguments, env=env, stdout=out, stderr=err).wait(120)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(arguments, status, *said)


@cache
def _address() -> str:
    """Of the process that is copied: one for all tests of this process, started by the first."""
    folder = tempfile.mkdtemp(prefix="pitchbar-warm-")
    address = str(Path(folder, "line"))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.warm_process", address],
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    atexit.register(_end, process, folder)
    wait_until(lambda: Path(address).exists() or process.poll() is not None, 120)
    return address


def _end(process: "subprocess.Popen[bytes]", folder: str) -> None:
    process.kill()
    process.communicate()
    Path(folder, "line").unlink(missing_ok=True)
    Path(folder).rmdir()


class _Copies:
    """Hears what is wanted, and tells how copies ended."""

    def __init__(self, address: str) -> None:
        self._lines: dict[int, socket.socket] = {}
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(address)
        self._door.listen(16)
        self._woken, wake = socket.socketpair()
        wake.setblocking(False)
        self._woken.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._wake = wake
        self._selector = selectors.DefaultSelector()
        # Whoever started this process holds the other end of its input.
        for one in (self._door, self._woken, sys.stdin):
            self._selector.register(one, selectors.EVENT_READ)

    def wait_to_be_copied(self) -> dict[str, Any]:
        """Returns in a copy, with what is wanted from it."""
        while True:
            ready = [key.fileobj for key, _ in self._selector.select()]
            if sys.stdin in ready:
                sys.exit(0)
            if self._woken in ready:
                self._woken.recv(4096)
                self._tell_who_ended()
            if self._door in ready:
                wanted = self._copy()
                if wanted is not None:
                    return wanted

    def _copy(self) -> dict[str, Any] | None:
        line, _ = self._door.accept()
        sent, files = b"", []
        while not sent.endswith(b"\n"):
            more, some, _, _ = socket.recv_fds(line, _MOST_BYTES, 2)
            sent += more
            files += some
        child = os.fork()
        if child == 0:
            self._forget(line)
            for number, file in enumerate(files, 1):
                os.dup2(file, number)
                os.close(file)
            wanted: dict[str, Any] = json.loads(sent)
            return wanted
        for file in files:
            os.close(file)
        self._lines[child] = line
        line.sendall(f"{child}\n".encode())
        return None

    def _tell_who_ended(self) -> None:
        for child in list(self._lines):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                with self._lines.pop(child) as line:
                    line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def _forget(self, line: socket.socket) -> None:
        """In a copy, which hears and tells nothing here."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for one in (line, self._door, self._woken, self._wake, *self._lines.values()):
            one.close()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


def _load() -> None:
    from pitchbar.core.memory import keep_what_is_loaded, while_loading
    from pitchbar.features import all_features, import_models

    with while_loading():
        import_models()
        all_features()
        import pitchbar.jobs.tasks
        import pitchbar.jobs.workers  # noqa: F401 - with the line above: what copies are for
    keep_what_is_loaded()


def main(address: str) -> None:
    _load()
    wanted = _Copies(address).wait_to_be_copied()
    os.environ.clear()
    os.environ.update(wanted["environ"])
    arguments: Sequence[str] = wanted["arguments"]
    sys.argv = ["-c", *arguments]
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    exec(compile(wanted["program"], "<program>", "exec"), vars(module))


if __name__ == "__main__":
    main(sys.argv[1])
