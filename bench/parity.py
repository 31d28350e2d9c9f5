"""Whether both engines give equal answers: every breakdown under every filter.

    bin/bench parity [--scans 200000] [--requests 0] [--database postgresql]

The same made-up scans and conversions, in a zone with summer time and in one of half hours, on
PostgreSQL (or `--database sqlite`) and in ClickHouse's engine. Each dimension is filtered with a
value, without it, with none and with unknown ones; each two dimensions together; and some filters
of many values and hostile ones; over hours, days, weeks and months. `--requests` ends it after so
many boards of each zone. Prints how many breakdowns were compared, and how many are unequal.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_migrate import upgrade

from pitchbar import create_app
from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.analytics.engine import Question
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.clients.scan_store import ScanStore
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.support.clickhouse import ClickHouse, clickhouse_server
from tests.support.factories import make_workspace
from tests.support.made_up_scans import make_up
from tests.support.parity import (
    Parity,
    filters_of_each_dimension,
    filters_of_pairs,
    parity_spans,
    special_filters,
)
from tests.support.servers import postgres_server

ZONES = ("Europe/Berlin", "Asia/Kolkata")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/parity.db"
        return
    folder.chmod(0o755)
    with postgres_server(folder) as server, server.database(empty=True) as url:
        yield url


def measure(zone: str, url: str, server: ClickHouse, scans: int, requests: int) -> Parity:
    store = ScanStore(server.new_url(), timeout=300)
    upgrade_schema(store)
    place = make_workspace(time_zone=zone)
    seed = 1 + ZONES.index(zone)
    world = make_up(place, scans, first=date(2026, 10, 22), days=9, seed=seed)
    consumer = Consumer(db.engine, store, Bus(), 10**9)
    while consumer.drain_once():
        pass
    parity, turns = Parity(), cycle(parity_spans(zone))
    filters = [
        {},
        *special_filters(),
        *filters_of_each_dimension(world),
        *filters_of_pairs(world),
    ]
    started, engines = time.perf_counter(), (SqlEngine(600), ColumnarEngine(store, 600))
    for number, given in enumerate(islice(filters, requests or None)):
        code_id = world.codes[0] if number % 5 == 4 else None
        question = Question(world.workspace_id, next(turns), read_filters(given), code_id)
        parity.compare(*engines, question, "hits" if number % 7 == 6 else "people")
        db.session.rollback()
    seconds = time.perf_counter() - started
    print(
        f"{zone}: {scans:,} scans, {parity.compared:,} breakdowns under {number + 1} filters "
        f"compared in {seconds:.0f} s, {len(parity.unequal)} unequal",
        flush=True,
    )
    return parity


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scans", type=int, default=200_000)
    arguments.add_argument("--requests", type=int, default=0)
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    options = arguments.parse_args()
    folder = Path(tempfile.mkdtemp())
    found: list[Parity] = []
    try:
        with database(options.database, folder) as url, clickhouse_server(folder) as server:
            settings = {
                "APP_ENV": "preview" if url.startswith("postgres") else "development",
                "APP_KEY": "only for this bench, only for this bench",
                "DATABASE_URL": url,
                "DATA_DIR": str(folder / "data"),
                "LOG_LEVEL": "ERROR",
                # Only so that what is stored is written down for it.
                "CLICKHOUSE_URL": server.new_url(),
            }
            with create_app(load_settings(settings)).app_context():
                upgrade()
                for zone in ZONES:
                    found.append(measure(zone, url, server, options.scans, options.requests))
                db.session.remove()
                db.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    unequal = [one for parity in found for one in parity.unequal]
    print("\n".join(unequal[:20]))
    print(f"{sum(one.compared for one in found):,} compared, {len(unequal)} unequal")
    sys.exit(1 if unequal else 0)


if __name__ == "__main__":
    main()
