"""Delivers webhooks by real workers to a receiver that fails, goes down and hangs.

    bin/bench webhooks soak [--deliveries 10000] [--where scale,embedded] [--down 60] [--kills 2]
    bin/bench webhooks hang [--seconds 20] [--hanging 1]
    bin/bench webhooks speed [--deliveries 5000]

`soak`: three in ten requests are refused at random, the receiver is down for a while, and workers
are killed twice, once with their supervisor. The waits between tries are shortened, so that it ends
within minutes; all else is as it is delivered. `hang`: how late messages of healthy endpoints are
while others hang. `speed`: how many a single worker brings in a second when nothing fails.
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine
from bench.jobs import Bench, at_scale, embedded

WAITS = "1,2,4,8,15,30,60,60,60,60,60"
PER_MESSAGE = 10


@dataclass
class Receiver:
    """Answers on loopback; what it took is kept by path and id, with the time."""

    refuses: float = 0.0
    port: int = field(default_factory=machine.free_port)
    taken: list[tuple[str, str, float]] = field(default_factory=list)
    requests: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: Any = None

    def start(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.open()

    def open(self) -> None:
        listen = asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1000)
        self._server = asyncio.run_coroutine_threadsafe(listen, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:])
            }
            await reader.readexactly(int(headers.get("content-length", 0)))
            path = head[0].split()[1]
            if path.startswith("/hang"):
                await asyncio.sleep(3600)
            await self._answer(path, headers["webhook-id"], writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, message_id: str, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        status = b"500 No"
        if self.chance.random() >= self.refuses:
            self.taken.append((path, message_id, time.time()))
            status = b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()


@dataclass
class Workers:
    """`pitchbar work` and `pitchbar schedule`, as in life."""

    bench: Bench
    environ: dict[str, str]
    processes: int
    _running: list[Any] = field(default_factory=list)

    def start(self) -> None:
        work = ["work", "--queues", "analytics", "--processes", str(self.processes)]
        self._running = [self._start(*work), self._start("schedule")]

    def kill_a_worker(self) -> None:
        os.kill(random.choice(psutil.Process(self._running[0].pid).children()).pid, signal.SIGKILL)

    def kill_all_and_start_again(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()

    def stop(self, number: int = signal.SIGTERM) -> None:
        for process in self._running:
            for child in psutil.Process(process.pid).children():
                child.send_signal(number)
            machine.end(process, number)

    def cpu_seconds(self) -> float:
        family = [psutil.Process(self._running[0].pid)]
        family += family[0].children()
        return sum(sum(one.cpu_times()[:2]) for one in family)

    def _start(self, *arguments: str) -> Any:
        command = [machine.program("pitchbar"), *arguments]
        return machine.start(command, self.environ, self.bench.folder / "log")


def environ_of(bench: Bench, receiver: Receiver, **values: str) -> dict[str, str]:
    settings = bench.settings
    return {
        "APP_ENV": settings.app_env,
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOG_LEVEL": "ERROR",
        "OUTBOUND_ALLOW": f"127.0.0.1:{receiver.port}",
        **values,
    }


def make_endpoints(receiver: Receiver, paths: list[str]) -> tuple[int, str]:
    """In a workspace of their own; they chose every event."""
    from pitchbar.extensions import db
    from tests.support.factories import make_workspace
    from tests.webhooks.factories import make_endpoint

    workspace = make_workspace()
    for path in paths:
        make_endpoint(workspace, f"http://127.0.0.1:{receiver.port}{path}")
    db.session.commit()
    return workspace.id, workspace.slug


def post(workspace: tuple[int, str], count: int) -> None:
    """So many messages, each in its own transaction, to every endpoint."""
    from pitchbar.core import clock
    from pitchbar.extensions import db
    from pitchbar.webhooks import outbox
    from pitchbar.webhooks.calling import call_pumps

    for number in range(count):
        data = {"code": {"id": number, "name": "Poster", "notes": "x" * 200}}
        message = outbox.new_message(workspace[0], workspace[1], "code.created", data, clock.now())
        outbox.post(db.session.connection(), [message])
        call_pumps()
        db.session.commit()


def written() -> tuple[dict[str, tuple[int, float]], Counter[str]]:
    """Of each message when it was written; and how many deliveries are in which state."""
    from sqlalchemy import func, select

    from pitchbar.extensions import db
    from pitchbar.webhooks.models import Delivery, Message

    db.session.rollback()
    rows = db.session.execute(select(Message.id, Message.created_at))
    made = {row.id: (0, row.created_at.timestamp()) for row in rows}
    states = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    counts = Counter({row.state: row[1] for row in states})
    db.session.rollback()
    return made, counts


def soak(bench: Bench, options: argparse.Namespace) -> bool:
    receiver = Receiver(refuses=0.3)
    receiver.start()
    quick = {"WEBHOOK_WAITS": options.waits, "WEBHOOK_TIMEOUT_SECONDS": "5"}
    workers = Workers(bench, environ_of(bench, receiver, **quick), options.workers)
    count = options.deliveries
    with _app(bench):
        workspace = make_endpoints(receiver, [f"/{one}" for one in range(PER_MESSAGE)])
        workers.start()
        began = time.monotonic()
        posting = threading.Thread(target=_post_in_app, args=(bench, workspace, count))
        posting.start()
        _strike(receiver, workers, count, options)
        posting.join()
        machine.wait_until(lambda: _is_over(count), 900, "end of the deliveries")
        seconds = time.monotonic() - began
        made, states = written()
    workers.stop()
    return _tell_soak(bench, receiver, made, states, seconds, count)


def _strike(receiver: Receiver, workers: Workers, count: int, options: argparse.Namespace) -> None:
    def has(share: float) -> Any:
        return lambda: len(receiver.taken) >= share * count

    machine.wait_until(has(0.15), 300, "deliveries")
    if options.kills:
        workers.kill_a_worker()
    machine.wait_until(has(0.3), 300, "deliveries")
    receiver.close()
    time.sleep(options.down)
    receiver.open()
    machine.wait_until(has(0.45), 300, "deliveries")
    if options.kills > 1:
        workers.kill_all_and_start_again()


def _is_over(count: int) -> bool:
    time.sleep(0.3)
    _made, states = written()
    return states["waiting"] == 0 and sum(states.values()) >= count


def _tell_soak(
    bench: Bench,
    receiver: Receiver,
    made: dict[str, tuple[int, float]],
    states: Counter[str],
    seconds: float,
    count: int,
) -> bool:
    times = Counter((path, message_id) for path, message_id, _at in receiver.taken)
    delays = [at - made[message_id][1] for _path, message_id, at in receiver.taken]
    lost = count - len(times)
    twice = sum(times.values()) - len(times)
    print(
        f"{_where(bench)}: {count} deliveries in {seconds:.0f} s by {receiver.requests} requests: "
        f"{states['delivered']} delivered, {states['failed']} failed, {lost} lost, {twice} taken "
        f"twice under the same id; from the event to its receiver: median "
        f"{statistics.median(delays):.1f} s, longest {max(delays):.1f} s",
        flush=True,
    )
    return lost == 0 and states["failed"] == 0


def hang(bench: Bench, options: argparse.Namespace) -> bool:
    receiver = Receiver()
    receiver.start()
    workers = Workers(bench, environ_of(bench, receiver), 1)
    with _app(bench):
        paths = [f"/hang/{one}" for one in range(options.hanging)]
        workspace = make_endpoints(receiver, [*paths, *(f"/{one}" for one in range(5))])
        workers.start()
        # The workers are awake, and the endpoints known.
        post(workspace, 1)
        machine.wait_until(lambda: len(receiver.taken) >= 5, 60, "first deliveries")
        time.sleep(1)
        receiver.taken.clear()
        until, early = time.monotonic() + options.seconds, len(written()[0])
        while time.monotonic() < until:
            post(workspace, 1)
            time.sleep(0.1)
        made, _states = written()
        expected = 5 * (len(made) - early)
        machine.wait_until(lambda: len(receiver.taken) >= expected, 60, "healthy deliveries")
    workers.stop()
    delays = sorted(at - made[message_id][1] for _path, message_id, at in receiver.taken)
    p95 = delays[int(len(delays) * 0.95)]
    print(
        f"{_where(bench)}: {len(delays)} messages to 5 healthy endpoints while {options.hanging} "
        f"hang: median {statistics.median(delays) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, "
        f"longest {delays[-1] * 1000:.0f} ms",
        flush=True,
    )
    return p95 < 2


def speed(bench: Bench, options: argparse.Namespace) -> bool:
    receiver = Receiver()
    receiver.start()
    fast = {"WEBHOOK_RATE": "10000", "WEBHOOK_CONCURRENCY": "10"}
    workers = Workers(bench, environ_of(bench, receiver, **fast), 1)
    count = options.deliveries
    with _app(bench):
        workspace = make_endpoints(receiver, [f"/{one}" for one in range(PER_MESSAGE)])
        post(workspace, count // PER_MESSAGE)
        workers.start()
        machine.wait_until(lambda: receiver.taken, 60, "delivery")
        began = time.monotonic()
        machine.wait_until(lambda: len(receiver.taken) >= count, 600, "deliveries")
        seconds = time.monotonic() - began
        busy = workers.cpu_seconds()
    workers.stop()
    print(
        f"{_where(bench)}: {count} deliveries by one worker in {seconds:.1f} s: "
        f"{count / seconds:.0f} /s, {busy / count * 1000:.1f} ms of a processor each",
        flush=True,
    )
    return True


def _post_in_app(bench: Bench, workspace: Any, count: int) -> None:
    with _app(bench):
        post(workspace, count // PER_MESSAGE)


def _app(bench: Bench) -> Any:
    from pitchbar import create_app

    return create_app(bench.settings).app_context()


def _where(bench: Bench) -> str:
    return "Redis and PostgreSQL" if bench.settings.redis_url else "SQLite alone"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("soak", "hang", "speed"))
    parser.add_argument("--where", default="scale", help="scale, embedded or both, with a comma")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--down", type=float, default=60.0, help="seconds")
    parser.add_argument("--waits", default=WAITS, help="seconds between tries")
    parser.add_argument("--kills", type=int, default=2, help="0, 1 or 2")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--hanging", type=int, default=1)
    options = parser.parse_args()
    measures = {"soak": soak, "hang": hang, "speed": speed}
    shapes = {"scale": at_scale, "embedded": embedded}
    good = True
    for where in options.where.split(","):
        with shapes[where]() as bench:
            good = measures[options.what](bench, options) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
