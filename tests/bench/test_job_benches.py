"""The benches of the jobs in their shortest form: they run, and print their figures."""

import re

from tests.bench.running import run
from tests.support.servers import PostgresServer


def test_speed_is_told_beside_bare_huey() -> None:
    said = run("jobs", "speed", "--where", "embedded", "--jobs", "10", "--rounds", "1")
    assert "median of 1 rounds of 10 trivial jobs" in said
    assert re.search(r"enqueue +bare +\d+ µs +ledger +\d+ µs", said)
    assert re.search(r"run +bare +\d+ /s +ledger +\d+ /s +ratio 0\.\d\d", said)


def test_every_job_survives_the_kills() -> None:
    said = run("jobs", "kills", "--where", "embedded", "--jobs", "5", "--every", "60")
    assert "5 of 5 done" in said
    assert "0 ran twice" in said


def test_each_query_of_the_pages_is_timed() -> None:
    said = run("jobs", "pages", "--where", "embedded", "--rows", "500")
    assert "500 rows in the ledger" in said
    assert len(re.findall(r"^  (?:list|count|fail|fig).+ \d+\.\d +\d+\.\d$", said, re.M)) == 14


def test_each_page_of_the_dashboard_is_timed(postgres: PostgresServer) -> None:
    said = run("dashboard", "--rows", "500", "--requests", "1")
    pages = re.findall(r"^(?:/ops|/metrics)\S* +\d+\.\d +\d+\.\d +\d+\.\d$", said, re.M)
    assert len(pages) == 13
    assert re.search(r"worst p95: \d+ ms", said)
