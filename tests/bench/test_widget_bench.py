"""The bench of the widget in its shortest form: it runs, and prints its figures."""

import shutil

import pytest

from tests.bench.running import run

pytestmark = pytest.mark.full


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_widget_is_weighed_beside_a_blank_page() -> None:
    said = run("widget", "--times", "1", "--peers", "none", "--desk")
    lines = {line[:30].strip(): line[30:].split() for line in said.splitlines()}
    assert "loader" in said
    assert "of 15,360 (gzip)" in said
    # The loader, and what it looks up.
    assert lines["requests, closed"] == ["1", "2"]
    assert float(lines["click to usable panel, ms"][1]) > 0
    assert lines["layout shift"] == ["0.000", "0.000"]
