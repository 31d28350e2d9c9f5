"""What benches need of the machine: programs, ports, processor time, a load generator."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"after {seconds:g} s still no {what}")
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Whether a server behind the port is awake: a listening socket may still have none."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request("GET", f"/{path}")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def program(name: str) -> str:
    """A program of this environment, or of the system."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is missing: run bin/setup --full")
    return found


def start(arguments: list[str], environ: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A process group of its own, so that all of it can be measured and ended."""
    with log.open("ab") as file:
        return subprocess.Popen(
            arguments,
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """Signals the whole group and waits for it."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def running(arguments: list[str], environ: dict[str, str], log: Path, port: int) -> Iterator[Any]:
    """A server that listens; ended behind the block."""
    process = start(arguments, environ, log)
    try:
        wait_until(lambda: listens(port) or process.poll() is not None, 20, f"server, see {log}")
        if process.poll() is not None:
            raise SystemExit(f"{arguments[0]} ended at once, see {log}")
        yield process
    finally:
        end(process)


@contextmanager
def redis_running(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running([program("redis-server"), *options], {}, folder / "redis.log", port):
        yield f"redis://127.0.0.1:{port}/0"


def processor_seconds(group: int) -> float:
    """User and system time of all processes of a group, those that ended and were reaped too."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += sum(int(field) for field in fields[11:15])
    return total / _TICK


@dataclass
class Load:
    """What wrk saw; times in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p99: float
    failed: int


# Each request asks for an address of its own.
_VARYING = """
local number = 0
function request()
  number = number + 1
  return wrk.format(nil, wrk.path .. "&click=" .. number .. "-" .. math.random(1, 1000000000))
end
"""
# Each connection thinks for a random while, like independent visitors: wrk has no other brake.
_THINKING = "function delay() return math.random(0, {most}) end\n"


def wrk(
    url: str,
    folder: Path,
    *,
    seconds: float,
    connections: int,
    headers: list[str],
    per_second: float = 0,
    varying: bool = False,
) -> Load:
    """Loads `url` from one thread, for whole seconds; with `per_second`, at about that rate;
    `varying` adds another parameter to each request's query.
    """
    said = _VARYING if varying else ""
    if per_second:
        said += _THINKING.format(most=round(2000 * connections / per_second))
    path = folder / "wrk.lua"
    path.write_text(said)
    script = ["-s", str(path)] if said else []
    arguments = [
        program("wrk"),
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--latency",
        *script,
    ]
    for header in headers:
        arguments += ["-H", header]
    done = subprocess.run([*arguments, url], capture_output=True, text=True, check=True)
    return _read_wrk(done.stdout)


def _read_wrk(text: str) -> Load:
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    requests = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if requests is None or rate is None:
        raise SystemExit(f"wrk said:\n{text}")
    failed = int(refused[1]) if refused else 0
    failed += sum(int(part) for part in broken.groups()) if broken else 0
    return Load(
        int(requests[1]), float(rate[1]), _percentile(text, 50), _percentile(text, 99), failed
    )


def _percentile(text: str, percent: int) -> float:
    match = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text)
    if match is None:
        return float("nan")
    return float(match[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[match[2]]
