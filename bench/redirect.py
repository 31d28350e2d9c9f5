"""The redirect against a bare redirect under the same server.

    python bench/redirect.py [--rounds 5] [--seconds 4] [--servers gthread,gevent,sync,granian]

Everything is on: cache, limiter (with a limit that is never reached), UTM building, spool, and the
shipper to a real Redis stream. Bare and edge are loaded in turns, medians are printed, and in the
end every answered scan must be a line in the stream.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine

STREAM = "pitchbar:scans"
CODE = "menu"
QUERY = "utm_source=flyer&utm_campaign=summer%20sale&table=4"
HEADERS = [
    "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: de-CH,de;q=0.9",
    "Accept-Encoding: gzip, deflate",
]
TARGETS = {"gthread": 0.8, "gevent": 0.8, "sync": 0.8, "granian": 0.45}
P99_MS = 10.0


def command(server: str, app: str, port: int) -> list[str]:
    bind = f"127.0.0.1:{port}"
    if server == "granian":
        # One thread for Python code in each worker: more only wait for each other.
        options = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "1"]
        options += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        return [machine.program("granian"), *options, app]
    options = ["--workers", "2", "--worker-class", server, "--bind", bind, "--no-control-socket"]
    threads = ["--threads", "8"] if server == "gthread" else []
    return [machine.program("gunicorn"), *options, *threads, "--log-level", "warning", app]


def make_code(environ: dict[str, str]) -> None:
    from flask_migrate import upgrade

    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.codes.services import create_code
    from pitchbar.extensions import db
    from pitchbar.settings import load_settings
    from pitchbar.workspaces.services import create_workspace

    settings = load_settings(environ)
    with create_app(settings).app_context():
        upgrade()
        person = create_person(email="bench@pitchbar.example", name="Bench", password="long enough")
        workspace = create_workspace(name="Bench", time_zone="UTC", owner=person)
        create_code(
            workspace,
            person,
            settings,
            name="Menu",
            short_code=CODE,
            destination_url="https://destination.example/menu?table=4",
            utm_source="print",
            utm_medium="qr",
        )
        db.session.commit()


class Stream:
    """What has arrived in Redis; counted and cleared, so that Redis stays small."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url)
        self.ids: set[str] = set()
        self.lines = 0

    def take(self) -> None:
        for _, fields in self._redis.xrange(STREAM):
            for line in filter(None, fields[b"lines"].splitlines()):
                self.ids.add(orjson.loads(line)[0])
                self.lines += 1
        self._redis.delete(STREAM)


def measure(args: argparse.Namespace, server: str, folder: Path, environ: dict[str, str]) -> bool:
    spool = Path(environ["SPOOL_DIR"])
    stream = Stream(environ["REDIS_URL"])
    ports = {"bare": machine.free_port(), "edge": machine.free_port()}
    log = folder / f"{server}.log"
    bare = machine.running(command(server, "bench.bare:app", ports["bare"]), {}, log, ports["bare"])
    edge = machine.running(command(server, "wsgi:edge", ports["edge"]), environ, log, ports["edge"])
    urls = {
        "bare": f"http://127.0.0.1:{ports['bare']}/t/{CODE}",
        "edge": f"http://127.0.0.1:{ports['edge']}/t/{CODE}",
        "edge, query": f"http://127.0.0.1:{ports['edge']}/t/{CODE}?{QUERY}",
    }
    results: dict[str, list[tuple[machine.Load, float]]] = {name: [] for name in urls}
    answered = failed = loads = 0

    def load(name: str, process: Any, **options: Any) -> tuple[machine.Load, float]:
        nonlocal answered, failed, loads
        before = machine.processor_seconds(process.pid)
        seen = machine.wrk(urls[name], folder, headers=HEADERS, **options)
        if name != "bare":
            # Shipping is part of the price of a scan; the last segment goes a second later.
            machine.wait_until(lambda: is_empty(spool), 30, "empty spool")
            answered, failed, loads = answered + seen.requests, failed + seen.failed, loads + 1
        used = machine.processor_seconds(process.pid) - before
        return seen, used / seen.requests * 1e6

    with bare as bare_process, edge as edge_process:
        processes = {"bare": bare_process, "edge": edge_process, "edge, query": edge_process}
        for name in urls:
            machine.wait_until(lambda name=name: machine.answers(urls[name]), 20, f"answer: {log}")
            load(name, processes[name], seconds=1, connections=args.connections)
        for number in range(args.rounds):
            names = list(urls) if number % 2 == 0 else list(reversed(urls))
            for name in names:
                options = {"seconds": args.seconds, "connections": args.connections}
                results[name].append(load(name, processes[name], **options))
            stream.take()
        most = statistics.median(seen.per_second for seen, _ in results["edge"])
        half: dict[str, list[machine.Load]] = {"bare": [], "edge": []}
        for name in list(half) * 3:
            paced = {"seconds": args.seconds, "connections": 64, "per_second": most / 2}
            half[name].append(load(name, processes[name], **paced)[0])
    machine.wait_until(lambda: is_empty(spool), 20, "empty spool after TERM")
    stream.take()
    return report(server, results, half) & check(stream, answered, failed, loads, args.connections)


def is_empty(spool: Path) -> bool:
    return not list(spool.glob("*.spool"))


def report(
    server: str,
    results: dict[str, list[tuple[machine.Load, float]]],
    half: dict[str, list[machine.Load]],
) -> bool:
    print(f"\n{server}, 2 workers")
    print(f"  {'':<12} {'req/s':>8} {'CPU us/req':>11} {'p50 ms':>8} {'p99 ms':>8}  of bare")
    medians = {}
    for name, rounds in results.items():
        rate = medians[name] = statistics.median(seen.per_second for seen, _ in rounds)
        used = statistics.median(used for _, used in rounds)
        p50, p99 = (
            statistics.median(getattr(seen, part) for seen, _ in rounds) for part in ("p50", "p99")
        )
        share = f"{rate / medians['bare']:.2f}"
        print(f"  {name:<12} {rate:>8.0f} {used:>11.1f} {p50:>8.2f} {p99:>8.2f}  {share:>7}")
    for name, loads in half.items():
        rate = statistics.median(seen.per_second for seen in loads)
        p99 = statistics.median(seen.p99 for seen in loads)
        print(f"  {name}, half load: {rate:.0f} req/s from 64 thinking visitors, p99 {p99:.2f} ms")
    share = medians["edge"] / medians["bare"]
    good = share >= TARGETS[server] and p99 < P99_MS
    print(
        f"  target: {TARGETS[server]} of bare, p99 < {P99_MS:g} ms: {'met' if good else 'MISSED'}"
    )
    return good


def check(stream: Stream, answered: int, failed: int, loads: int, connections: int) -> bool:
    """wrk hangs up with requests under way: they are stored, though it never saw their answer."""
    most = answered + (loads + 1) * max(connections, 64)
    good = answered <= stream.lines <= most and len(stream.ids) == stream.lines and not failed
    print(
        f"  nothing lost: {answered} scans answered to wrk, {stream.lines} lines in the stream "
        f"({stream.lines - answered} more were under way when wrk hung up, {loads} times), "
        f"{stream.lines - len(stream.ids)} ids twice, {failed} failed: {'yes' if good else 'NO'}"
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--servers", default="gthread,gevent,sync,granian")
    args = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as name:
        folder = Path(name)
        environ = {
            "APP_ENV": "production",
            "APP_KEY": "only for this bench, only for this bench",
            "LOG_LEVEL": "WARNING",
            "DATA_DIR": str(folder),
            "SPOOL_DIR": str(folder / "spool"),
            "RATELIMIT_REDIRECT": "1000000000/minute",
        }
        make_code(environ)
        with machine.redis_running(folder) as redis_url:
            for server in args.servers.split(","):
                good &= measure(args, server, folder, environ | {"REDIS_URL": redis_url})
                time.sleep(0.5)
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
