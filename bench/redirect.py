"""The redirect, plain and with all that a code may ask for, against a bare redirect under the same
server.

    bin/bench redirect [--rounds 5] [--seconds 4] [--servers gthread,gevent,sync,granian]
        [--tracing]

With `--tracing` each server is measured a second time, with a span of every redirect sent to a
collector on this machine; its targets do not count then.

Everything is on: cache, limiter (with a limit that is never reached), UTM building, spool, and the
shipper to a real Redis stream. Bare and edge are loaded in turns, medians are printed, and in the
end every answered scan must be a line in the stream. wrk makes the load; without it a client in
Python does, which is too slow to find out how fast the edge is.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import client, machine
from bench.rule_sets import twenty_rules
from tests.support.loopback import Answer, LoopbackServer, Request

STREAM = "pitchbar:scans"
CODE = "menu"
EMAIL, PASSWORD = "bench@pitchbar.example", "long enough"
QUERY = "utm_source=flyer&utm_campaign=summer%20sale&table=4"
HEADERS = [
    "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: de-CH,de;q=0.9",
    "Accept-Encoding: gzip, deflate",
]
# What is asked for: the code, with a query or without.
PLAIN, SAME_QUERY, NEW_QUERY = "edge", "edge, query", "new queries"
SCANS = {
    PLAIN: CODE,
    SAME_QUERY: f"{CODE}?{QUERY}",
    NEW_QUERY: f"{CODE}?{QUERY}",
    "20 rules": "rules",
    "20, then A/B": "split",
    "pb_at": "token",
}
# Of the bare redirect's rate, for each server and kind of scan.
TARGETS = {
    "gthread": {PLAIN: 0.8},
    "gevent": {PLAIN: 0.8, SAME_QUERY: 0.85, "20 rules": 0.6},
    "sync": {PLAIN: 0.8},
    "granian": {PLAIN: 0.45, SAME_QUERY: 0.6},
}
P99_MS = 10.0
# As gunicorn.conf.py names it.
WORKER_CLASSES = {"gevent": "pitchbar.connections.gevent_worker.PatientGeventWorker"}
# What was seen, and microseconds of processor time for each request.
Measured = tuple[machine.Load, float]


def command(server: str, app: str, port: int) -> list[str]:
    bind = f"127.0.0.1:{port}"
    if server == "granian":
        if app == "wsgi:edge":
            # As the Procfile has it; it reads the port from the environment.
            return [machine.program("pitchbar"), "edge"]
        # One thread for Python code in each worker: more only wait for each other.
        options = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "1"]
        options += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        return [machine.program("granian"), *options, app]
    worker_class = WORKER_CLASSES.get(server, server)
    options = ["--workers", "2", "--worker-class", worker_class, "--bind", bind]
    options += ["--no-control-socket"]
    threads = ["--threads", "8"] if server == "gthread" else []
    return [machine.program("gunicorn"), *options, *threads, "--log-level", "warning", app]


def make_codes(environ: dict[str, str]) -> None:
    from flask_migrate import upgrade

    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.codes.models import Code
    from pitchbar.codes.services import create_code
    from pitchbar.events.actors import Actor
    from pitchbar.extensions import db
    from pitchbar.rules.drafts import read_rules
    from pitchbar.rules.services import replace_rules
    from pitchbar.settings import load_settings
    from pitchbar.workspaces.plans import SCALE
    from pitchbar.workspaces.services import create_workspace

    settings = load_settings(environ)
    with create_app(settings).app_context():
        upgrade()
        person = create_person(email=EMAIL, name="Bench", password=PASSWORD)
        # The plan that records most: a bench loses nothing to a quota.
        workspace = create_workspace(name="Bench", time_zone="UTC", owner=person, plan=SCALE)
        by = Actor("person", person.id, person.name)

        def code(short_code: str) -> Code:
            return create_code(
                workspace,
                by,
                settings,
                name=short_code,
                short_code=short_code,
                destination_url="https://destination.example/menu?table=4",
                utm_source="print",
                utm_medium="qr",
            )

        code(CODE)
        replace_rules(code("rules"), by, settings, read_rules(twenty_rules(), settings))
        replace_rules(code("split"), by, settings, read_rules(twenty_rules(split=True), settings))
        code("token").attribution = True
        db.session.commit()


class Stream:
    """What has arrived in Redis, taken as a worker does, so that Redis and the spool stay small."""

    def __init__(self, url: str) -> None:
        from pitchbar.scans.inbox import RedisInbox, connect

        self._inbox = RedisInbox(connect(url))
        self.ids: set[str] = set()
        self.lines = 0

    def take(self) -> None:
        while self._inbox.drain(self._keep, 0.01) != -1:
            pass

    def take_until_empty(self, spool: Path) -> bool:
        self.take()
        return is_empty(spool)

    def _keep(self, lines: bytes) -> int:
        for line in filter(None, lines.splitlines()):
            self.ids.add(orjson.loads(line)[0])
            self.lines += 1
        return 1


@dataclass
class Loads:
    """Loads servers; counts what they answered to scans, and what a load cost them."""

    folder: Path
    spool: Path
    stream: Stream
    connections: int
    answered: int = 0
    failed: int = 0
    number: int = 0

    def put_on(
        self, url: str, process: Any, seconds: float, *, scans: bool = True, **pace: Any
    ) -> Measured:
        options = {"seconds": seconds, "connections": self.connections, "headers": HEADERS, **pace}
        before = machine.processor_seconds(process.pid)
        if shutil.which("wrk"):
            seen = machine.wrk(url, self.folder, **options)
        else:
            seen = client.load(url, **options)
        if scans:
            # Shipping is part of the price of a scan; the last segment goes a second later.
            machine.wait_until(lambda: self.stream.take_until_empty(self.spool), 60, "empty spool")
            self.answered += seen.requests
            self.failed += seen.failed
            self.number += 1
        used = machine.processor_seconds(process.pid) - before
        return seen, used / max(1, seen.requests) * 1e6


def measure(args: argparse.Namespace, server: str, folder: Path, environ: dict[str, str]) -> bool:
    spool = Path(environ["SPOOL_DIR"])
    stream = Stream(environ["REDIS_URL"])
    loads = Loads(folder, spool, stream, args.connections)
    ports = {"bare": machine.free_port(), "edge": machine.free_port()}
    log = folder / f"{server}.log"
    bare = machine.running(command(server, "bench.bare:app", ports["bare"]), {}, log, ports["bare"])
    own = environ | {"PORT": str(ports["edge"]), "HOST": "127.0.0.1", "WEB_CONCURRENCY": "2"}
    edge = machine.running(command(server, "wsgi:edge", ports["edge"]), own, log, ports["edge"])
    urls = {"bare": f"http://127.0.0.1:{ports['bare']}/t/{CODE}"} | {
        name: f"http://127.0.0.1:{ports['edge']}/t/{path}" for name, path in SCANS.items()
    }
    results: dict[str, list[Measured]] = {name: [] for name in urls}
    half: dict[str, list[machine.Load]] = {"bare": [], "edge": []}
    with bare as bare_process, edge as edge_process:

        def load(name: str, seconds: float, **pace: Any) -> Measured:
            scans = name != "bare"
            process = edge_process if scans else bare_process
            pace = pace | {"varying": name == NEW_QUERY} if shutil.which("wrk") else pace
            return loads.put_on(urls[name], process, seconds, scans=scans, **pace)

        for name, url in urls.items():
            machine.wait_until(partial(machine.answers, url), 20, f"answer: {log}")
            if name != "bare":
                loads.answered += 1
        for name in urls:
            load(name, args.warm_up)
        for number in range(args.rounds):
            names = list(urls) if number % 2 == 0 else list(reversed(urls))
            for name in names:
                results[name].append(load(name, args.seconds))
            stream.take()
        most = statistics.median(seen.per_second for seen, _ in results["edge"])
        for name in list(half) * min(3, args.rounds):
            half[name].append(load(name, args.seconds, connections=64, per_second=most / 2)[0])
    stream.take()
    return report(server, results, half) & check(stream, loads)


def measure_traced(
    args: argparse.Namespace, server: str, folder: Path, environ: dict[str, str]
) -> None:
    """The collector only counts what comes: reading the spans would take the edge's processors."""
    batches: list[int] = []

    def take(request: Request) -> Answer:
        batches.append(len(request.body))
        return Answer(200, b"", "application/x-protobuf")

    collector = LoopbackServer(take)
    try:
        print("\nThe same with OpenTelemetry:", end="")
        measure(args, server, folder, environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url})
    finally:
        collector.stop()
    print(f"  {len(batches)} batches of spans came, {sum(batches) / 1e6:.1f} MB")


def is_empty(spool: Path) -> bool:
    return not list(spool.glob("*.spool"))


def report(
    server: str, results: dict[str, list[Measured]], half: dict[str, list[machine.Load]]
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
        of_bare = rate / medians["bare"]
        print(f"  {name:<12} {rate:>8.0f} {used:>11.1f} {p50:>8.2f} {p99:>8.2f}  {of_bare:>7.2f}")
    for name, loads in half.items():
        rate = statistics.median(seen.per_second for seen in loads)
        p99 = statistics.median(seen.p99 for seen in loads)
        print(f"  {name}, half load: {rate:.0f} req/s from 64 thinking visitors, p99 {p99:.2f} ms")
    missed = [
        f"{name} {least}"
        for name, least in TARGETS[server].items()
        if medians[name] / medians["bare"] < least
    ]
    if p99 >= P99_MS:
        missed.append(f"p99 < {P99_MS:g} ms")
    targets = ", ".join(f"{name} {least}" for name, least in TARGETS[server].items())
    said = f"MISSED: {', '.join(missed)}" if missed else "met"
    print(f"  targets of bare: {targets}; p99 < {P99_MS:g} ms at half load: {said}")
    return not missed


def check(stream: Stream, loads: Loads) -> bool:
    """wrk hangs up with requests under way: they are stored, though it never saw their answer."""
    most = loads.answered + loads.number * max(loads.connections, 64)
    good = loads.answered <= stream.lines <= most and len(stream.ids) == stream.lines
    good = good and not loads.failed
    print(
        f"  nothing lost: {loads.answered} scans answered, {stream.lines} lines in the stream "
        f"({stream.lines - loads.answered} more under way at the end of {loads.number} loads), "
        f"{stream.lines - len(stream.ids)} ids twice, {loads.failed} failed: "
        f"{'yes' if good else 'NO'}"
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warm-up", type=float, default=1, help="seconds")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--servers", default="gthread,gevent,sync,granian")
    parser.add_argument("--tracing", action="store_true", help="measure with spans, too")
    args = parser.parse_args()
    good = True
    if not shutil.which("wrk"):
        print("wrk is missing: the load comes from Python, and the rates are lower bounds")
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
        make_codes(environ)
        with machine.redis_running(folder) as redis_url:
            own = environ | {"REDIS_URL": redis_url}
            for server in args.servers.split(","):
                good &= measure(args, server, folder, own)
                time.sleep(0.5)
                if args.tracing:
                    measure_traced(args, server, folder, own)
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
