"""How long the pages of the studio and its files take, as whole requests through the application.

    bin/bench studio_pages [--requests 60] [--labels 500]

On SQLite, in one process. Each change asks for a preview of another design, so nothing is in a
cache; the code's own page, which draws one picture, stands beside it. The sheet has a label for
each of `--labels` codes with links of their own, on Avery L4731.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_migrate import upgrade

from bench.studio_world import cases
from pitchbar import create_app
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from pitchbar.sheets.models import DONE, PrintSheet
from pitchbar.sheets.tasks import make_sheet
from pitchbar.symbols.design import Design
from tests.sheets.changes import FIELDS as SHEET
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_code, make_person, make_workspace

_TARGETS = {"preview": 150, "scan check": 1_000}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--labels", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            load_settings(
                {
                    "APP_KEY": "only for this bench, only for this bench",
                    "DATABASE_URL": f"sqlite:///{folder}/bench.db",
                    "DATA_DIR": f"{folder}/data",
                    "RATELIMIT_ENABLED": "false",
                    "LOG_LEVEL": "ERROR",
                }
            )
        )
        with app.app_context():
            upgrade()
        app.test_client_class = FormClient
        client = app.test_client()
        assert isinstance(client, FormClient)
        with app.app_context():
            measure(client, options.requests, options.labels)
            db.session.remove()
            db.engine.dispose()


def measure(client: FormClient, requests: int, labels: int) -> None:
    owner = make_person(email="owner@pitchbar.example")
    workspace = make_workspace(owner=owner, plan="scale")
    code = make_code(workspace, short_code="bench")
    sign_in(client, owner)
    page = f"/w/{workspace.slug}/codes/{code.id}"
    designs = [case.design.model_copy(update={"logo": None}) for case in cases(None, seed=13)]
    numbers = count()

    def send(address: str) -> Callable[[], Any]:
        return lambda: client.submit(address, fields_of(designs[next(numbers)]))

    acts: dict[str, Callable[[], Any]] = {
        "code's page": lambda: client.get(page),
        "designer": lambda: client.get(f"{page}/design"),
        "preview": send(f"{page}/design/preview"),
        "scan check": send(f"{page}/design/check"),
        "SVG file": lambda: client.get(f"{page}/qr.svg"),
        "PNG file, 1,200 pixels": lambda: client.get(f"{page}/qr.png?size=1200"),
        "PDF file": lambda: client.get(f"{page}/qr.pdf?mm=40"),
        "EPS file": lambda: client.get(f"{page}/qr.eps?mm=40"),
    }
    print(f"{'request':<26} {'p50':>8} {'p95':>8} {'max':>8}   ms, {requests} requests each")
    for name, act in acts.items():
        act()
        times = sorted(timed(act) for _ in range(requests))
        p95 = times[-(-len(times) * 95 // 100) - 1]
        target = f"   target {_TARGETS[name]:,}" if name in _TARGETS else ""
        print(f"{name:<26} {statistics.median(times):8.1f} {p95:8.1f} {times[-1]:8.1f}{target}")
    ids = [str(make_code(workspace, short_code=f"label-{at}").id) for at in range(labels)]
    fields = {**SHEET, "codes": ",".join(ids), "label": "L4731"}
    address = f"/w/{workspace.slug}/codes/sheets"
    for when in ("first", "second"):
        took = timed(lambda: send_sheet(client, address, fields))
        print(f"page of a sheet of {labels} codes before it is made, {when} time: {took:.0f} ms")
    client.submit(address, fields)
    sheet = db.session.query(PrintSheet).order_by(PrintSheet.id.desc()).first()
    assert sheet is not None
    seconds = timed(lambda: make_sheet(sheet.id)) / 1000
    if sheet.state != DONE:
        raise SystemExit(f"not made: {sheet.problem}")
    size = sheet.size / 1024
    print(f"sheet of {labels} labels: {seconds:.1f} s, {sheet.pages} pages, {size:,.0f} KiB")


def send_sheet(client: FormClient, address: str, fields: dict[str, Any]) -> Any:
    return client.submit(f"{address}/preview", fields)


def fields_of(design: Design) -> dict[str, Any]:
    """As the designer sends them."""
    values = design.model_dump(mode="json")
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    answer = act()
    if answer is not None and answer.status_code >= 400:
        raise SystemExit(f"answered {answer.status_code}: {answer.text[:400]}")
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
