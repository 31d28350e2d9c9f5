"""The benches of the scans in their shortest form: they run, and print what they are for.

What the figures are says nothing here, on a machine that runs tests beside them.
"""

import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench import against
from pitchbar.core.assets import ROOT
from tests.bench.running import run
from tests.support.servers import give_up

NUMBER = r"[\d.]+"


def run_bench(name: str, *arguments: str) -> str:
    """What it prints; its own verdict on speed, which is its exit code, may be either."""
    return run(name, *arguments, codes=(0, 1), seconds=300)


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


@pytest.mark.full
@pytest.mark.parametrize("fault", ["Redis killed", "power cut at 1"])
def test_faults_lose_nothing(fault: str) -> None:
    need("redis-server")
    shape = "redis" if "Redis" in fault else "embedded"
    said = run_bench("faults", "--faults", fault, "--shapes", shape, "--scans", "200")
    if "no rights to mount" in said:
        give_up("the power cut", "file systems cannot be mounted here")
    assert re.search(rf"^{shape} +{fault}.* +0 +0  good", said, re.MULTILINE), said


@pytest.mark.full
@pytest.mark.parametrize("fault", ["kill -9 web", "Redis killed"])
def test_conversions_are_not_lost(fault: str) -> None:
    need("redis-server")
    shape = "redis" if "Redis" in fault else "embedded"
    said = run_bench("conversions", "--faults", fault, "--shapes", shape, "--calls", "160")
    assert re.search(rf"^{shape} +{fault}.* +0 +0  good.*sums equal", said, re.MULTILINE), said


def test_against_tells_ratios_and_whether_they_suffice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {
        "redirect": "  bare {0}0 1 1\n  edge            {0}00 80.0 1 1\n",
        "ingest": "SQLite, file        3.4  {0}00 scans/s, 1 us\n",
    }

    def told(root: Path, bench: str, *_: str) -> str:
        return outputs[bench].format(10 if root == ROOT else 11)

    monkeypatch.setattr(against, "run", told)
    monkeypatch.setattr("sys.argv", ["against", str(ROOT / "bench" / ".."), "--rounds", "2"])
    monkeypatch.setattr(against, "checked_out", lambda wanted: nullcontext(Path(wanted)))
    with pytest.raises(SystemExit) as ended:
        against.main()
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert re.search(r"^redirect, edge +1100 +1000  0\.91 ", said, re.MULTILINE), said
    assert re.search(r"^ingestion, SQLite, file +1100 +1000  0\.91 ", said, re.MULTILINE), said
