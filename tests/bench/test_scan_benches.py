"""The benches of the scans in their shortest form: they run, and print what they are for.

What the figures are says nothing here, on a machine that runs tests beside them.
"""

import re
import shutil
import subprocess
import sys

from pitchbar.core.assets import ROOT
from tests.support.servers import give_up

NUMBER = r"[\d.]+"


def run_bench(name: str, *arguments: str) -> str:
    """What it prints; its own verdict on speed, which is its exit code, may be either."""
    done = subprocess.run(
        [sys.executable, f"bench/{name}.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def need(program: str) -> None:
    if shutil.which(program) is None:
        give_up(program, "it is not installed, run bin/setup --full")


def test_redirect_tells_rates_and_that_nothing_is_lost() -> None:
    need("redis-server")
    said = run_bench(
        "redirect",
        *("--servers", "gthread", "--rounds", "1", "--seconds", "0.3"),
        *("--warm-up", "0.1", "--connections", "4"),
    )
    for name in ("bare", "edge", "edge, query"):
        assert re.search(rf"^  {name} +{NUMBER} +{NUMBER} ", said, re.MULTILINE), said
    scans = re.search(r"nothing lost: (\d+) scans answered.*: yes", said)
    assert scans, said
    assert int(scans[1]) > 10


def test_ingest_tells_scans_a_second_and_equal_sums() -> None:
    said = run_bench("ingest", "--scans", "1000", "--databases", "sqlite")
    assert re.search(rf"{NUMBER} scans/s, .*1000 rows of 1000 scans, .*sums equal", said), said


def test_kill_loses_nothing() -> None:
    said = run_bench("kill", "--runs", "1", "--scans", "200", "--shapes", "embedded", "--seed", "7")
    assert re.search(r"200 sent, \d+ accepted, \d+ stored .* 0 lost, 0 twice.*: good", said), said


def test_live_tells_how_soon_an_open_page_changes() -> None:
    need("chromium")
    said = run_bench("live", "--scans", "2", "--without-history")
    assert re.search(rf"2 scans, .*: median {NUMBER} ms, most {NUMBER} ms", said), said
