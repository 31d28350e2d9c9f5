"""The bench of imports in its shortest form: it runs, and prints its figures."""

import re

from tests.bench.running import run


def test_steps_of_an_import_are_timed() -> None:
    said = run("transfers", "--rows", "200", "--rounds", "1")
    assert "200 rows" in said
    assert len(re.findall(r"median +\d+\.\d\d s +p95 +\d+\.\d\d s", said)) == 5
    assert re.search(r"an import is \d+\.\d times", said)
