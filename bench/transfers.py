"""How long an import of codes takes.

    bin/bench transfers [--rows 10000] [--rounds 5] [--url postgresql://…]

Each round reads a file of that many rows, looks it through, brings it in and takes it back; beside
it, in the same run, the same rows go into the same table by a plain executemany, and are deleted.
The ratio says what all that surrounds the rows costs: reading, checking, destinations, undo.
"""

import argparse
import csv
import io
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_migrate import upgrade
from sqlalchemy import Table, delete, insert

from pitchbar import create_app
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.tokens import new_short_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import Settings, load_settings
from pitchbar.transfers.models import DONE, UNDONE, CodeImport
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import look_at
from pitchbar.transfers.services import begin_import, bring_in, look_through, undo_import
from pitchbar.transfers.working import work_on
from pitchbar.workspaces.models import Workspace
from tests.support.factories import make_workspace


def settings_of(url: str, folder: Path) -> Settings:
    return load_settings(
        {
            "APP_ENV": "preview" if url.startswith("postgres") else "development",
            "APP_KEY": "only for this bench, only for this bench",
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "LOG_LEVEL": "ERROR",
        }
    )


def make_file(rows: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("Title", "Long URL", "Short code", "Tags", "utm_source"))
    for number in range(rows):
        url = f"https://shop{number % 97}.example/things/{number}?table={number % 40}"
        writer.writerow((f"Table card {number}", url, "", "Print, Tables", "poster"))
    return out.getvalue().encode()


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def bring_in_whole(workspace: Workspace, data: bytes, settings: Settings) -> dict[str, float]:
    """Seconds of each step."""
    found: dict[str, float] = {}
    start = time.perf_counter()
    an_import = begin_import(workspace, SYSTEM, look_at(data, "links.csv", settings))
    db.session.commit()
    import_id = an_import.id
    found["read"] = time.perf_counter() - start
    look_through(workspace, an_import, an_import.mapping, Options())
    db.session.commit()
    found["check"] = timed(lambda: work_on(import_id, settings))
    bring_in(db.session.get_one(CodeImport, import_id), SYSTEM)
    db.session.commit()
    found["import"] = timed(lambda: work_on(import_id, settings))
    an_import = db.session.get_one(CodeImport, import_id)
    if an_import.state != DONE:
        raise SystemExit(f"not imported: {an_import.problem}")
    undo_import(an_import, SYSTEM)
    db.session.commit()
    found["undo"] = timed(lambda: work_on(import_id, settings))
    if db.session.get_one(CodeImport, import_id).state != UNDONE:
        raise SystemExit("not undone")
    return found


def insert_plainly(workspace: Workspace, rows: int) -> float:
    """The same rows by one executemany, without anything around them."""
    table, now = Code.__table__, clock.now()
    assert isinstance(table, Table)  # what a class of ours stands for
    values = [
        {
            "workspace_id": workspace.id,
            "name": f"Table card {number}",
            "short_code": f"plain-{new_short_code()}{number}",
            "destination_url": f"https://shop{number % 97}.example/things/{number}",
            "utm_source": "poster",
            "created_at": now,
            "updated_at": now,
        }
        for number in range(rows)
    ]

    def act() -> None:
        db.session.execute(insert(table), values)
        db.session.commit()

    seconds = timed(act)
    db.session.execute(delete(Code).where(Code.short_code.like("plain-%")))
    db.session.commit()
    return seconds


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/bench.db"
        settings = settings_of(url, Path(folder))
        app = create_app(settings)
        with app.app_context():
            upgrade()
            workspace = make_workspace(plan="scale")
            data, plain = make_file(given.rows), []
            rounds = []
            for _ in range(given.rounds):
                plain.append(insert_plainly(workspace, given.rows))
                rounds.append(bring_in_whole(workspace, data, settings))
            report(given.rows, rounds, plain)
            db.session.remove()
            db.engine.dispose()


def report(rows: int, rounds: list[dict[str, float]], plain: list[float]) -> None:
    print(f"{rows:,} rows, {len(rounds)} rounds")
    for step in rounds[0]:
        values = [one[step] for one in rounds]
        print(f"  {step:<8} median {statistics.median(values):6.2f} s   p95 {p95(values):6.2f} s")
    print(f"  {'plain':<8} median {statistics.median(plain):6.2f} s   p95 {p95(plain):6.2f} s")
    ratio = statistics.median(one["import"] / by for one, by in zip(rounds, plain, strict=True))
    print(f"  an import is {ratio:.1f} times the plain insert of its rows")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
