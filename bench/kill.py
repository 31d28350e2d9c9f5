"""Kills the server in the middle of a rush, starts it again, and counts.

    bin/bench kill [--runs 5] [--scans 2000] [--shapes embedded,redis]

`embedded` is `pitchbar serve` alone; `redis` is the same with a Redis and a `pitchbar work` of its
own, which is killed too, at another moment. Every scan comes from an address of its own, so that
each answered one can be looked for among the rows.
"""

import argparse
import http.client
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine
from bench.redirect import CODE, STREAM, make_codes

THREADS = 8


@dataclass
class Rush:
    """Visitors that scan until the server is gone; `accepted` are those who saw a redirect."""

    port: int
    scans: int
    sent: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    other: list[int] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._scan, args=(first,)) for first in range(THREADS)]
        for thread in threads:
            thread.start()
        return threads

    def has_come_to(self, moment: int, threads: list[threading.Thread]) -> bool:
        return len(self.sent) >= moment or not any(thread.is_alive() for thread in threads)

    def _scan(self, first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        for number in range(first, self.scans, THREADS):
            if self.stopped.is_set():
                return
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            headers = {"X-Forwarded-For": address, "User-Agent": f"Mozilla/5.0 Visitor/{number}"}
            self.sent.add(address)
            try:
                connection.request("GET", f"/t/{CODE}?utm_term={number}", headers=headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                continue
            (
                self.accepted.add(address)
                if answer.status == 302
                else self.other.append(answer.status)
            )


def run(shape: str, number: int, scans: int, rng: random.Random) -> bool:
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as name:
        folder, port = Path(name), machine.free_port()
        environ = {
            "APP_ENV": "production",
            "APP_KEY": "only for this bench, only for this bench",
            "APP_URL": f"http://localhost:{port}",
            "PORT": str(port),
            "DATA_DIR": name,
            "LOG_LEVEL": "ERROR",
            "TRUSTED_PROXIES": "1",
            "PRIVACY_STORE_IP": "full",
        }
        make_codes(environ)
        if shape == "embedded":
            return strike(shape, number, scans, rng, environ, folder)
        with machine.redis_running(folder) as url:
            return strike(shape, number, scans, rng, environ | {"REDIS_URL": url}, folder)


def strike(
    shape: str,
    number: int,
    scans: int,
    rng: random.Random,
    environ: dict[str, str],
    folder: Path,
) -> bool:
    processes = start_all(shape, environ, folder)
    rush = Rush(int(environ["PORT"]), scans)
    threads = rush.start()
    moments = sorted(rng.randrange(scans // 6, scans * 5 // 6) for _ in processes)
    for moment, process in zip(moments, rng.sample(processes, len(processes)), strict=True):
        machine.wait_until(partial(rush.has_come_to, moment, threads), 30, "scans")
        machine.end(process, signal.SIGKILL)
    for thread in threads:
        thread.join()
    left = spooled(folder)
    processes = start_all(shape, environ, folder)
    started = time.monotonic()
    try:
        machine.wait_until(lambda: is_settled(environ, folder), 90, "empty spool and inbox")
        waited = time.monotonic() - started
    finally:
        for process in processes:
            machine.end(process)
    return report(shape, number, rush, left, waited, folder)


def start_all(shape: str, environ: dict[str, str], folder: Path) -> list[subprocess.Popen[bytes]]:
    log, pitchbar = folder / "log", machine.program("pitchbar")
    processes = [machine.start([pitchbar, "serve", "--no-demo"], environ, log)]
    if shape == "redis":
        arguments = [pitchbar, "work", "--queues", "ingestion"]
        processes.append(machine.start(arguments, environ, log))
    url = f"http://127.0.0.1:{environ['PORT']}/t/no-such-code"
    machine.wait_until(lambda: machine.answers(url), 30, f"server: {log.read_text()[-2000:]}")
    return processes


def spooled(folder: Path) -> int:
    return sum(path.read_bytes().count(b"]\n") for path in (folder / "spool").glob("*.spool"))


def is_settled(environ: dict[str, str], folder: Path) -> bool:
    if list((folder / "spool").glob("*.spool")):
        return False
    if "REDIS_URL" not in environ:
        return True
    with redis.Redis.from_url(environ["REDIS_URL"]) as connection:
        return bool(connection.xlen(STREAM) == 0)


def report(shape: str, number: int, rush: Rush, left: int, waited: float, folder: Path) -> bool:
    with sqlite3.connect(folder / "pitchbar.db") as connection:
        rows = connection.execute("SELECT id, ip FROM scans").fetchall()
        sums = {
            f"{table} {what}": connection.execute(
                f"SELECT coalesce(sum(hits), 0) FROM {table} WHERE code_id {what} 0"
            ).fetchone()[0]
            for table in ("scan_hours", "scan_days")
            for what in ("=", ">")
        }
    connection.close()
    addresses = [address for _, address in rows]
    twice = len(rows) - len(set(addresses)) + len(rows) - len({row[0] for row in rows})
    lost = rush.accepted - set(addresses)
    invented = set(addresses) - rush.sent
    good = not (lost or twice or invented or rush.other)
    good = good and set(sums.values()) == {len(rows)}
    print(
        f"{shape} {number}: {len(rush.sent)} sent, {len(rush.accepted)} accepted, {len(rows)} "
        f"stored ({left} lay in the spool after the kill, all in after {waited:.1f} s); "
        f"{len(lost)} lost, {twice} twice, {len(invented)} invented, sums "
        f"{sorted(set(sums.values()))}: "
        f"{'good' if good else 'BAD ' + str(rush.other[:5])}",
        flush=True,
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scans", type=int, default=2000)
    parser.add_argument("--shapes", default="embedded,redis")
    parser.add_argument("--seed", type=int, default=None, help="the same moments again")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    results = [
        run(shape, number, args.scans, rng)
        for shape in args.shapes.split(",")
        for number in range(1, args.runs + 1)
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
