"""With neither set, nothing of both libraries is there, and the redirect costs what it cost."""

import subprocess
import sys
import time
from typing import Any

import pytest

from pitchbar.core import tracing
from pitchbar.core.assets import ROOT
from pitchbar.core.figures import REDIRECTS
from pitchbar.observability.edges import watched
from tests.support.collectors import SentBack
from tests.support.servers import PostgresServer

_EDGE = """
import sys
import wsgi
edge = wsgi.edge
heavy = ("sentry_sdk", "opentelemetry", "flask")
print("LOADED", sorted({name.split(".")[0] for name in sys.modules} & set(heavy)))
asked = {"PATH_INFO": "/t/none", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "192.0.2.7"}
list(edge(asked, lambda status, headers: print("STATUS", status)))
"""


def run_edge(postgres: PostgresServer, redis_url: str, tmp_path: Any, **more: str) -> str:
    with postgres.database() as url:
        environment = {
            "PATH": "/usr/bin:/bin",
            "APP_ENV": "production",
            "APP_KEY": "a key for tests only, long enough to be one",
            "APP_URL": "http://pitchbar.test",
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path),
            **more,
        }
        done = subprocess.run(
            [sys.executable, "-c", _EDGE], env=environment, cwd=ROOT, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_edge_loads_nothing_for_what_is_not_set(
    postgres: PostgresServer, redis_url: str, tmp_path: Any
) -> None:
    assert "LOADED []" in run_edge(postgres, redis_url, tmp_path)


def test_redis_brings_no_telemetry_into_web_and_workers() -> None:
    program = "import sys, wsgi, pitchbar.features as f; f.all_features(); print(%s)"
    heavy = "[n for n in sys.modules if n in ('opentelemetry', 'sentry_sdk')]"
    done = subprocess.run(
        [sys.executable, "-c", program % heavy], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_edge_sends_where_it_is_set(
    postgres: PostgresServer, redis_url: str, tmp_path: Any, received: SentBack
) -> None:
    more = {"OTEL_EXPORTER_OTLP_ENDPOINT": received.url, "SENTRY_DSN": received.dsn}
    assert "STATUS 404" in run_edge(postgres, redis_url, tmp_path, **more)
    [redirect] = received.named("redirect")
    assert redirect.resource["service.name"] == "pitchbar-edge"


def test_a_span_that_is_off_costs_next_to_nothing() -> None:
    tracing.set_tracer(None)
    count = 20_000
    began = time.perf_counter()
    for _ in range(count):
        with tracing.span("retrieval", workspace=1):
            pass
    assert (time.perf_counter() - began) / count < 20e-6


def test_the_watch_around_the_edge_costs_little() -> None:
    def edge(_environ: dict[str, Any], start: Any) -> tuple[bytes, ...]:
        start("302 Found", [])
        return ()

    outer, count = watched(edge), 20_000
    environ = {"PATH_INFO": "/t/menu", "REQUEST_METHOD": "GET"}
    before = sum(REDIRECTS.read().get(("redirect",), [0])[:-1])
    began = time.perf_counter()
    for _ in range(count):
        outer(environ, lambda *_: None)
    assert (time.perf_counter() - began) / count < 50e-6
    assert sum(REDIRECTS.read()["redirect",][:-1]) == before + count


@pytest.mark.parametrize("module", ["pitchbar.core.tracing", "pitchbar.core.figures"])
def test_the_facades_import_no_library(module: str) -> None:
    heavy = "{'opentelemetry', 'sentry_sdk', 'flask'}"
    program = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
