"""Cloudflare's own runtime on this machine: runs the Worker's source and fires its cron event.

`python tests/operations/workerd.py` installs it beforehand, as `bin/setup --full` does.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.20261117.1"
FOLDER = Path(sys.prefix) / f"workerd-{VERSION}"

_CONFIG = """
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "cron", worker = .cron),
    (name = "ticker", worker = .ticker),
    (name = "loopback", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:%(port)d", http = (), service = "cron")],
);

const ticker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "%(date)s",
  bindings = [
    (name = "INTERNAL_QUEUE_TOKEN", fromEnvironment = "INTERNAL_QUEUE_TOKEN"),
    (name = "INTERNAL_QUEUE_TOKEN_BEFORE", fromEnvironment = "INTERNAL_QUEUE_TOKEN_BEFORE"),
  ],
  globalOutbound = "loopback",
);

const cron :Workerd.Worker = (
  modules = [(name = "cron.js", esModule = embed "cron.js")],
  compatibilityDate = "%(date)s",
  compatibilityFlags = ["service_binding_extra_handlers"],
  bindings = [(name = "TICKER", service = "ticker")],
);
"""
# Stands for Cloudflare's clock: each request to it is a minute that has come.
_CRON = """
export default {
  async fetch(_request, env) {
    const event = { cron: "* * * * *", scheduledTime: new Date() };
    const { outcome } = await env.TICKER.scheduled(event);
    return Response.json({ outcome });
  },
};
"""


class WorkerdMissing(Exception):
    """It is not here and cannot be fetched."""


@dataclass
class Workerd:
    """A running Worker."""

    url: str
    output: Path

    def fire_cron(self) -> str:
        """How the run ended: "ok", or "exception" when the Worker threw."""
        try:
            with urllib.request.urlopen(self.url, timeout=60) as answer:
                outcome: str = json.load(answer)["outcome"]
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        return outcome

    def log(self) -> str:
        """What the Worker printed, and the errors that it threw."""
        return self.output.read_text()


def install() -> Path:
    """The runtime's program; fetched by npm on the first call, into the virtual environment.

    Raises:
        WorkerdMissing: npm is not there, or does not get it.
    """
    if not _programs(FOLDER):
        npm = shutil.which("npm")
        if npm is None:
            raise WorkerdMissing("there is no npm")
        # Beside it first: a run that is stopped half-way leaves nothing that looks complete.
        partial = FOLDER.with_name(f"{FOLDER.name}.{os.getpid()}")
        command = [npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        command += ["--prefix", str(partial), f"workerd@{VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            shutil.rmtree(partial, ignore_errors=True)
            raise WorkerdMissing(f"npm failed: {done.stderr.strip()[-300:]}")
        if FOLDER.exists():
            shutil.rmtree(partial)
        else:
            partial.rename(FOLDER)
    programs = _programs(FOLDER)
    if not programs:
        raise WorkerdMissing("npm has no workerd for this kind of machine")
    return programs[0]


@contextmanager
def running_worker(
    program: Path, source: str, date: str, folder: Path, port: int, secrets: dict[str, str]
) -> Iterator[Workerd]:
    """Runs the Worker's source as Cloudflare would, allowed to reach this machine only."""
    (folder / "worker.js").write_text(source)
    (folder / "cron.js").write_text(_CRON)
    (folder / "config.capnp").write_text(_CONFIG % {"port": port, "date": date})
    output = folder / "workerd.log"
    with output.open("w") as log:
        process = subprocess.Popen(
            [program, "serve", "--experimental", folder / "config.capnp"],
            env={"PATH": os.environ["PATH"], **secrets},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_listens(process, port, output)
        yield Workerd(f"http://127.0.0.1:{port}/", output)
    finally:
        process.terminate()
        process.wait(10)


def _programs(folder: Path) -> list[Path]:
    return list(folder.glob("node_modules/@cloudflare/workerd-*/bin/workerd*"))


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    import socket

    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"workerd does not listen: {output.read_text()}")


if __name__ == "__main__":
    try:
        install()
    except WorkerdMissing as error:
        sys.exit(f"setup: workerd is missing ({error}); the tests that need it will say so")
