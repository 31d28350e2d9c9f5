"""The bench of the alerts in its shortest form: it runs, and prints its figures."""

import re

from tests.bench.running import run


def test_each_round_is_timed() -> None:
    said = run("alerts", "load", "--rules", "80", "--rounds", "1")
    assert "80 rules" in said
    assert (
        len(re.findall(r"CPU +\d\.\d\d s +wall +\d\.\d\d s +\d+ statements +0 raised", said)) == 2
    )


def test_what_is_planted_is_looked_for() -> None:
    said = run("alerts", "accuracy", "--days", "20")
    found = re.search(r"in all (\d+) planted, (\d+) missed, 0 false alarms", said)
    assert found
    assert int(found[1]) > 2 * int(found[2])
