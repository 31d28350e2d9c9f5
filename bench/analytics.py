"""How long boards take that have millions of scans behind them.

    bin/bench analytics [--scans 1000000,10000000] [--engine postgresql|clickhouse] [--requests 20]
                        [--folder FOLDER]

A workspace has 500 codes and a year of scans, with the breakdowns of its days made by the product's
own code. Each line is one kind of board: what its page reads, with twelve breakdowns and the week,
`--requests` times. Targets: without filter below 300 ms at 10 million, and less than twice as long
as at 1 million; three filters over 30 days below one second, on ClickHouse below 300 ms. There the
history is copied by the product's own command, into ClickHouse's engine in a process of its own.
About 600 bytes of disk for each scan.
"""

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_migrate import upgrade
from sqlalchemy import text

from bench import machine
from bench.analytics_targets import MILLION, Line, missed_targets
from bench.analytics_world import CODES, fill, roll_all
from pitchbar import create_app
from pitchbar.analytics.buckets import choose_interval, span_of_days
from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import Engine, Question
from pitchbar.analytics.filters import read_filters
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.settings import Settings, load_settings
from tests.support.clickhouse import clickhouse_server
from tests.support.factories import make_person, make_workspace
from tests.support.servers import postgres_server

SHOWN = [
    BY_KEY[key]
    for key in (
        "code", "campaign", "label", "country", "city", "language", "device", "os", "browser",
        "referrer", "utm_source", "reason",
    )
]  # fmt: skip
SPANS = {"7 days": 7, "30 days": 30, "12 months": 365}
FILTERS: dict[str, dict[str, list[str]]] = {
    "none": {},
    "one": {"country": ["DE"]},
    "three": {"country": ["!US"], "device": ["phone"], "utm_source": ["print", "poster"]},
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scans", default=f"{MILLION},{10 * MILLION}")
    arguments.add_argument("--engine", choices=("postgresql", "clickhouse"), default="postgresql")
    arguments.add_argument("--requests", type=int, default=20)
    arguments.add_argument("--folder", type=Path, help="where the database is kept for the while")
    options = arguments.parse_args()
    found: dict[int, list[Line]] = {}
    for scans in map(int, options.scans.split(",")):
        folder = Path(tempfile.mkdtemp(dir=options.folder))
        try:
            found[scans] = measure(folder, scans, options.requests, options.engine)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    missed = list(missed_targets(found, options.engine))
    print("\n".join(missed) or "all targets are met")
    sys.exit(1 if missed else 0)


def measure(folder: Path, scans: int, requests: int, engine_name: str) -> list[Line]:
    folder.chmod(0o755)  # the server is somebody else
    with ExitStack() as servers:
        server = servers.enter_context(postgres_server(folder))
        environ = environ_of(servers.enter_context(server.database(empty=True)), folder)
        if engine_name == "clickhouse":
            store = servers.enter_context(clickhouse_server(folder))
            environ["CLICKHOUSE_URL"] = store.new_url()
        settings = load_settings(environ)
        with create_app(settings).app_context():
            upgrade()
            workspace_id, first_code = make_place()
            timed(f"{scans:,} scans made", lambda: fill(workspace_id, first_code, scans))
            engine = ENGINES[engine_name](settings, environ)
            report_sizes()
            lines = list(measure_boards(engine, workspace_id, first_code, requests))
            db.session.remove()
            db.engine.dispose()
    print(f"\n{scans:,} scans on {engine_name}, {requests} requests each; milliseconds")
    show(lines)
    return lines


def environ_of(url: str, folder: Path) -> dict[str, str]:
    return {
        "APP_ENV": "preview",
        "APP_KEY": "only for this bench, only for this bench",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder / "data"),
        "LOG_LEVEL": "ERROR",
    }


def on_postgresql(_settings: Settings, _environ: dict[str, str]) -> Engine:
    timed("days rolled", roll_all)
    return SqlEngine(60)


def on_clickhouse(settings: Settings, environ: dict[str, str]) -> Engine:
    command = [machine.program("pitchbar"), "analytics", "backfill"]
    copying = {**os.environ, **environ}
    timed("copied", lambda: subprocess.run(command, env=copying, check=True))
    return ColumnarEngine(connect_store(settings), 60)


ENGINES = {"postgresql": on_postgresql, "clickhouse": on_clickhouse}


def make_place() -> tuple[int, int]:
    workspace = make_workspace(make_person(), time_zone="UTC")
    codes = [
        Code(
            workspace_id=workspace.id,
            name=f"Poster {number}",
            short_code=f"bench-{number}",
            destination_url="https://destination.example/",
        )
        for number in range(CODES)
    ]
    labels = [
        Label(workspace_id=workspace.id, name=f"Label {n}", name_key=f"label {n}")
        for n in range(20)
    ]
    db.session.add_all([*codes, *labels])
    db.session.flush()
    db.session.add_all(
        CodeLabel(code_id=code.id, label_id=labels[n].id, workspace_id=workspace.id)
        for code in codes
        for n in {code.id % 20, code.id * 7 % 20}
    )
    db.session.commit()
    return workspace.id, min(code.id for code in codes)


def measure_boards(
    engine: Engine, workspace_id: int, first_code: int, requests: int
) -> Iterator[Line]:
    scopes = {"workspace": None, "first code": first_code, "middle code": first_code + CODES // 3}
    today = datetime.now(UTC).date()
    for scope, code_id in scopes.items():
        for name, days in SPANS.items():
            first = today - timedelta(days=days - 1)
            span = span_of_days(first, today, choose_interval(first, today), "UTC")
            for filters, given in FILTERS.items():
                question = Question(workspace_id, span, read_filters(given), code_id)
                times = [time_board(engine, question) for _ in range(requests + 1)][1:]
                yield Line(scope, name, filters, *summary(times))


def time_board(engine: Engine, question: Question) -> float:
    started = time.perf_counter()
    engine.read_board(question, SHOWN, with_week=True)
    taken = time.perf_counter() - started
    db.session.rollback()
    return taken * 1000


def summary(times: list[float]) -> tuple[float, float, float]:
    ordered = sorted(times)
    return statistics.median(ordered), ordered[math.ceil(len(ordered) * 0.95) - 1], ordered[-1]


def timed(what: str, act: Callable[[], object]) -> None:
    started = time.perf_counter()
    act()
    print(f"{what} in {time.perf_counter() - started:.0f} s", flush=True)


def report_sizes() -> None:
    for table in ("scan_breakdowns", "conversion_breakdowns", "scan_hours", "scan_days"):
        rows = db.session.scalar(text(f"SELECT count(*) FROM {table}"))
        size = db.session.scalar(text(f"SELECT pg_size_pretty(pg_total_relation_size('{table}'))"))
        print(f"  {table}: {rows:,} rows, {size}")
    whole = db.session.scalar(text("SELECT pg_size_pretty(pg_database_size(current_database()))"))
    print(f"  the whole database: {whole}", flush=True)
    db.session.rollback()


def show(lines: list[Line]) -> None:
    print(f"{'board of':<13} {'span':<10} {'filters':<8} {'p50':>8} {'p95':>8} {'most':>8}")
    for one in lines:
        figures = f"{one.p50:8.1f} {one.p95:8.1f} {one.most:8.1f}"
        print(f"{one.scope:<13} {one.span:<10} {one.filters:<8} {figures}")
    print(flush=True)


if __name__ == "__main__":
    main()
