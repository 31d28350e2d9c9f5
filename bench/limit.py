"""A scan limit under a crowd: many scans at once, several processes, one Redis.

    bin/bench limit [--runs 5] [--limit 1000] [--scans 5000] [--at-once 800]
                    [--servers granian,gevent]

Each run has a code of its own. Exactly as many scans as the limit says must be led on, and be lines
in the stream.
"""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine
from bench.redirect import WORKER_CLASSES, Stream, make_codes

WORKERS = 4


def command(server: str, port: int) -> list[str]:
    bind = f"127.0.0.1:{port}"
    if server == "granian":
        options = ["--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "4"]
        options += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        return [machine.program("granian"), *options, "wsgi:edge"]
    options = ["--workers", str(WORKERS), "--worker-class", WORKER_CLASSES.get(server, server)]
    options += ["--bind", bind, "--no-control-socket", "--log-level", "warning"]
    return [machine.program("gunicorn"), *options, "wsgi:edge"]


def limit_codes(environ: dict[str, str], names: list[str], limit: int) -> None:
    """As many codes, each with that limit, in the workspace of the bench."""
    from sqlalchemy import select

    from pitchbar import create_app
    from pitchbar.codes.services import create_code
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.settings import load_settings
    from pitchbar.workspaces.models import Workspace

    settings = load_settings(environ)
    with create_app(settings).app_context():
        workspace = db.session.scalars(select(Workspace)).one()
        for name in names:
            code = create_code(
                workspace,
                SYSTEM,
                settings,
                name=name,
                short_code=name,
                destination_url="https://destination.example/",
            )
            code.scan_limit = limit
        db.session.commit()


class Crowd:
    """Visitors with a connection each, so many at once as there are; who is done makes room."""

    def __init__(self, port: int, path: str, at_once: int) -> None:
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "User-Agent: Mozilla/5.0 (iPhone) Safari/1\r\nConnection: close\r\n\r\n"
        ).encode()
        self._places = asyncio.Semaphore(at_once)

    async def scan(self, count: int) -> Counter[int]:
        return Counter(await asyncio.gather(*(self._visit() for _ in range(count))))

    async def _visit(self) -> int:
        async with self._places:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(self._request)
                line = await asyncio.wait_for(reader.readline(), 60)
                writer.close()
                return int(line.split()[1]) if line else 0
            except (OSError, TimeoutError):
                return 0


def measure(args: argparse.Namespace, server: str, folder: Path, environ: dict[str, str]) -> bool:
    port, log = machine.free_port(), folder / f"{server}.log"
    names = [f"{server}-{number}" for number in range(args.runs)]
    limit_codes(environ, names, args.limit)
    stream, good = Stream(environ["REDIS_URL"]), True
    crowd = f"{args.scans} scans, {args.at_once} at once"
    print(f"\n{server}, {WORKERS} workers, {crowd}, limit {args.limit}")
    with machine.running(command(server, port), environ, log, port):
        url = f"http://127.0.0.1:{port}/t/no-such-code"
        machine.wait_until(partial(machine.answers, url), 20, f"answer: {log}")
        for number, name in enumerate(names, 1):
            stream.lines = 0
            started = time.perf_counter()
            seen = asyncio.run(Crowd(port, f"/t/{name}", args.at_once).scan(args.scans))
            seconds = time.perf_counter() - started
            spool = Path(environ["SPOOL_DIR"])
            machine.wait_until(partial(stream.take_until_empty, spool), 60, "empty spool")
            exact = seen[302] == args.limit == stream.lines
            exact = exact and seen[410] == args.scans - args.limit
            good = good and exact
            print(
                f"  run {number}: led on {seen[302]}, lines {stream.lines}, told that it is over "
                f"{seen[410]}, others {seen.total() - seen[302] - seen[410]}, {seconds:.1f} s: "
                f"{'exact' if exact else 'NOT EXACT'}"
            )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--scans", type=int, default=5000)
    parser.add_argument("--at-once", type=int, default=800)
    parser.add_argument("--servers", default="granian,gevent")
    args = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    good = True
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as name:
        folder = Path(name)
        environ = {
            "APP_ENV": "production",
            "APP_KEY": "only for this bench, only for this bench",
            "LOG_LEVEL": "WARNING",
            "DATA_DIR": str(folder),
            "SPOOL_DIR": str(folder / "spool"),
            # All visitors of this bench have one address.
            "RATELIMIT_ENABLED": "false",
        }
        make_codes(environ)
        with machine.redis_running(folder) as redis_url:
            for server in args.servers.split(","):
                good &= measure(args, server, folder, environ | {"REDIS_URL": redis_url})
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
