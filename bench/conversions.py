"""Conversions are told while something dies; then accepted and stored ones are compared.

    bin/bench conversions [--calls 1500] [--runs 1] [--shapes embedded,redis,scale] [--faults redis]

Every second call goes to the pixel, of the process that redirects alone where there is one; the
others to the API. Each has a name of its own, by which it is looked for among the rows; half of
them have an order id too, and are told again when their answer is lost, each tenth in any case.
`lost` counts accepted calls without a row, `twice` rows beyond the first of a call.
"""

import argparse
import http.client
import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import create_engine, text

from bench import machine
from bench.faults import ALL, FAULTS, WITH_REDIS, Fault
from bench.redirect import CODE
from bench.worlds import World, world

THREADS = 8
STREAM = "pitchbar:conversions"
# Their own limits are measured elsewhere; each pixel call has an address of its own.
FREE = {"RATELIMIT_API": "1000000/minute", "RATELIMIT_API_WORKSPACE": "1000000/minute"}


@dataclass
class Known:
    """What callers know of the workspace, and what they are given."""

    key: str
    bearer: str
    token: str


@dataclass
class Told:
    """Callers that tell of conversions; `accepted` are those that got their answer."""

    known: Known
    calls: int
    pixel_port: int
    api_port: int
    sent: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._tell, args=(first,)) for first in range(THREADS)]
        for thread in threads:
            thread.start()
        return threads

    def has_come_to(self, moment: int, threads: list[threading.Thread]) -> bool:
        return len(self.sent) >= moment or not any(thread.is_alive() for thread in threads)

    def _tell(self, first: int) -> None:
        ports = (self.pixel_port, self.api_port)
        lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=5) for port in ports]
        for number in range(first, self.calls, THREADS):
            event, has_order = f"e{number}", number % 4 < 2
            self.sent.add(event)
            for attempt in range(3):
                try:
                    is_in = self._call(lines[number % 2], number, event, has_order)
                except (OSError, http.client.HTTPException):
                    lines[number % 2].close()
                    is_in = False
                if is_in:
                    self.accepted.add(event)
                # Without an order id, a call whose answer was lost must not be told again.
                if not has_order or (is_in and (number % 10 or attempt)):
                    break

    def _call(
        self, line: http.client.HTTPConnection, number: int, event: str, has_order: bool
    ) -> bool:
        order = {"order_id": f"o{number}"} if has_order else {}
        values = {"event": event, "value": "1.50", "currency": "EUR", **order}
        if number % 2 == 0:
            query = urlencode({"pb_at": self.known.token, **values})
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            path = f"/p/{self.known.key}.gif?{query}"
            line.request("GET", path, headers={"X-Forwarded-For": address})
        else:
            headers = {"Authorization": f"Bearer {self.known.bearer}",
                       "Content-Type": "application/json"}  # fmt: skip
            body = json.dumps({"attribution": self.known.token, **values})
            line.request("POST", "/api/v1/conversions", body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status in (200, 202)


def prepare(environ: dict[str, str]) -> Known:
    from sqlalchemy import select

    from pitchbar import create_app
    from pitchbar.codes.models import Code
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.scans.accepted import NO_WAY, new_scan_id
    from pitchbar.scans.factories import make_token_cipher
    from pitchbar.settings import load_settings
    from pitchbar.workspaces.models import Workspace
    from pitchbar.workspaces.tokens.services import create_token

    settings = load_settings(environ)
    with create_app(settings).app_context():
        code = db.session.scalars(select(Code).where(Code.short_code == CODE)).one()
        workspace = db.session.get_one(Workspace, code.workspace_id)
        _, bearer = create_token(workspace, by=SYSTEM, name="Bench", scope="read-write")
        scan_id = new_scan_id(time.time_ns() // 1_000_000, 1)
        token = make_token_cipher(settings).write(scan_id, code.id, workspace.id, NO_WAY)
        db.session.commit()
        return Known(str(workspace.pixel_key), bearer, token)


def start_edge(one: World) -> None:
    arguments = [machine.program("pitchbar"), "edge"]
    environ = one.environ | {"PORT": one.environ["EDGE_PORT"]}
    one.processes["edge"] = machine.start(arguments, environ, one.folder / "edge.log")
    machine.wait_until(partial(machine.listens, int(one.environ["EDGE_PORT"])), 30, "edge")
    url = f"http://127.0.0.1:{one.environ['EDGE_PORT']}/up"
    machine.wait_until(partial(machine.answers, url), 30, "edge")


def kill_edge(one: World) -> None:
    one.end("edge", signal.SIGKILL)
    start_edge(one)


_CHOSEN = ("kill -9 web", "kill -9 worker", "Redis killed", "Redis flushed", "PostgreSQL stopped")
STRIKES: dict[str, tuple[tuple[str, ...], Fault]] = {
    "nothing": (ALL, lambda one: None),
    "kill -9 edge": (WITH_REDIS, kill_edge),
    **{name: FAULTS[name] for name in _CHOSEN},
}


def is_settled(one: World) -> bool:
    if list((one.folder / "spool" / "conversions").glob("*.spool")):
        return False
    return one.redis is None or one.redis.client().xlen(STREAM) == 0


def strike_once(shape: str, name: str, calls: int) -> bool:
    temporary = tempfile.TemporaryDirectory(prefix="pitchbar-bench-")
    with temporary as folder, world(shape, calls, Path(folder), FREE) as one:
        known, port = prepare(one.environ), int(one.environ["PORT"])
        if one.redis:
            one.environ["EDGE_PORT"] = str(machine.free_port())
            start_edge(one)
        told = Told(known, calls, int(one.environ.get("EDGE_PORT", port)), port)
        threads = told.start()
        machine.wait_until(partial(told.has_come_to, calls // 2, threads), 60, "calls")
        STRIKES[name][1](one)
        for thread in threads:
            thread.join()
        ended = time.monotonic()
        machine.wait_until(partial(is_settled, one), 120, "empty spool")
        return report(shape, name, told, one, time.monotonic() - ended)


def report(shape: str, name: str, told: Told, one: World, waited: float) -> bool:
    engine = create_engine(
        one.environ.get("DATABASE_URL", f"sqlite:///{one.folder / 'pitchbar.db'}").replace(
            "postgresql:", "postgresql+psycopg:", 1
        )
    )
    with engine.connect() as connection:
        rows: Counter[Any] = Counter(connection.scalars(text("SELECT event FROM conversions")))
        sums = connection.execute(
            text("SELECT sum(conversions), sum(of_scans), sum(value_minor) FROM conversion_days "
                 "WHERE code_id = 0")
        ).one()  # fmt: skip
    engine.dispose()
    lost, twice = len(told.accepted - rows.keys()), rows.total() - len(rows)
    equal = [int(one or 0) for one in sums] == [rows.total(), rows.total(), 150 * rows.total()]
    good = equal and not (lost or twice or rows.keys() - told.sent)
    print(
        f"{shape:<9} {name:<20} {len(told.accepted):>8} {rows.total():>8} {lost:>6} {twice:>6}  "
        f"{'good' if good else 'BAD'}, all in after {waited:.1f} s, sums "
        f"{'equal' if equal else f'differ: {sums}'}",
        flush=True,
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--shapes", default=",".join(ALL))
    parser.add_argument("--faults", default="", help="only those whose name has this in it")
    args = parser.parse_args()
    shapes = args.shapes.split(",")
    print(f"{'shape':<9} {'fault':<20} {'accepted':>8} {'stored':>8} {'lost':>6} {'twice':>6}")
    results = [
        strike_once(shape, name, args.calls)
        for name, (where, _) in STRIKES.items()
        for shape in where
        if shape in shapes and args.faults in name
        for _ in range(args.runs)
    ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
