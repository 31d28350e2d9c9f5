"""How long the pages of `/ops/queues` take with a ledger of a million rows, on PostgreSQL.

    bin/bench dashboard [--rows 1000000] [--requests 40]

Times are those of whole requests through the application, in one process; the target is a p95
under 200 ms for each page. A few thousand rows and two requests show that it runs.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask.testing import FlaskClient
from sqlalchemy import text

from pitchbar import create_app
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_person
from tests.support.servers import memory_folder, postgres_server

PAGES = (
    "/ops/queues",
    "/ops/queues/crawl",
    "/ops/queues/crawl?range=7d",
    "/ops/queues/jobs",
    "/ops/queues/jobs?q=state:failed",
    "/ops/queues/jobs?q=queue:crawl+state:done",
    "/ops/queues/jobs?q=task:sources.crawl_page+state:failed+age:>1h",
    "/ops/queues/jobs?q=error:ReadTimeout",
    "/ops/queues/jobs?q=tag:nightly",
    "/ops/queues/jobs?q=no-such-word",
    "/ops/queues/jobs/{job_id}",
    "/ops/queues/failures",
    "/metrics",
)

# 97 % done over the last day, 1 % failed, 2 % waiting: a busy day with a backlog.
_FILL = """
INSERT INTO jobs (queue, task, arguments, state, timeout_seconds, tries, tries_used, attempt,
  created_at, queued_at, due_at, send_at, started_at, finished_at, wait_ms, run_ms,
  error_class, error_message)
SELECT (ARRAY['ingestion','analytics','crawl','index','default'])[1 + n % 5],
  (ARRAY['scans.drain','webhooks.deliver','sources.crawl_page','sources.embed',
    'mailing.send'])[1 + n % 5],
  json_build_object('page_id', n), s.state, 60, 3, 1, 1,
  t.at, t.at, t.at, t.at, t.at,
  CASE WHEN s.state <> 'queued' THEN t.at + interval '1 second' END,
  n % 900, n % 700,
  CASE WHEN s.state = 'failed' THEN 'httpx.ReadTimeout' END,
  CASE WHEN s.state = 'failed' THEN 'The page did not answer' END
FROM generate_series(1, :rows) n,
  LATERAL (SELECT CASE WHEN n % 100 = 0 THEN 'failed' WHEN n % 50 = 1 THEN 'queued'
    ELSE 'done' END AS state) s,
  LATERAL (SELECT now() - interval '1 day' * (1 - n::float / :rows) AS at) t
"""
_HISTORY = """
INSERT INTO job_snapshots (at, queue, task, depth, oldest_wait_ms, done, failed, wait_p95_ms,
  run_p95_ms)
SELECT date_trunc('minute', now()) - interval '5 minutes' * n, q, '', n % 90, n, n, n % 3, n, n
FROM generate_series(0, 2015) n, unnest(ARRAY['ingestion','analytics','crawl','index','default']) q
"""


OPERATOR = "operator@pitchbar.example"
METRICS_TOKEN = "a-token-for-the-metrics-of-this-bench-alone"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--requests", type=int, default=40)
    options = arguments.parse_args()
    folder = memory_folder(Path(tempfile.mkdtemp()))
    with postgres_server(folder) as server, server.database(empty=True) as url:
        measure(url, folder, options.rows, options.requests)


def measure(url: str, folder: Path, rows: int, requests: int) -> None:
    settings = load_settings(
        {
            "APP_ENV": "preview",
            "APP_KEY": "only for this bench, only for this bench",
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "RATELIMIT_ENABLED": "false",
            "OPS_EMAIL_ALLOWLIST": OPERATOR,
            "METRICS_TOKEN": METRICS_TOKEN,
            "LOG_LEVEL": "ERROR",
        }
    )
    app = create_app(settings)
    with app.app_context():
        from flask_migrate import upgrade

        upgrade()
        db.session.execute(text(_FILL), {"rows": rows})
        db.session.execute(text(_HISTORY))
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE jobs"))
    app.test_client_class = FormClient
    client = app.test_client()
    assert isinstance(client, FormClient)
    with app.app_context():
        sign_in(client, make_person(email=OPERATOR))
    started = time.perf_counter()
    with app.app_context():
        from pitchbar.operations.totals import count_finished

        count_finished()
        db.session.commit()
    print(f"{rows:,} rows; the totals counted once in {time.perf_counter() - started:.1f} s")
    print(f"{'page':<70} {'p50':>8} {'p95':>8} {'max':>8}   ms, {requests} requests each")
    worst = 0.0
    for page in (page.format(job_id=rows // 2) for page in PAGES):
        times = sorted(_time(client, page) for _ in range(requests))
        p95 = times[-(-len(times) * 95 // 100) - 1]
        worst = max(worst, p95)
        print(f"{page:<70} {statistics.median(times):8.1f} {p95:8.1f} {times[-1]:8.1f}")
    print(f"worst p95: {worst:.0f} ms (target: under 200)")


def _time(client: FlaskClient, page: str) -> float:
    started = time.perf_counter()
    answer = client.get(page, headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200, (page, answer.status_code)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
