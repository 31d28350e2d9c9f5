"""The bench of the alerts in its shortest form: it runs, and prints its figures."""

import re
import subprocess
import sys

from pitchbar.core.assets import ROOT


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "bench/alerts.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_round_is_timed() -> None:
    said = run("load", "--rules", "80", "--rounds", "1")
    assert "80 rules" in said
    assert (
        len(re.findall(r"CPU +\d\.\d\d s +wall +\d\.\d\d s +\d+ statements +0 raised", said)) == 2
    )


def test_what_is_planted_is_looked_for() -> None:
    said = run("accuracy", "--days", "20")
    found = re.search(r"in all (\d+) planted, (\d+) missed, 0 false alarms", said)
    assert found
    assert int(found[1]) > 2 * int(found[2])
