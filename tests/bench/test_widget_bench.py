"""The benches of the widget in their shortest form: they run, and print what they found."""

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


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_widget_is_read_out_from_closed_to_an_address_that_was_left() -> None:
    said = run("widget_read")
    states = dict(one.split("\n", 1) for one in said.split("\n== ")[1:])
    assert next(iter(states)) == "1. closed"
    assert "dialog “Chat with Nora”" in states["3. opened"]
    assert "textbox “Your question” focused" in states["3. opened"]
    assert "link “Source 1: Refunds”" in states["6. answered"]
    assert "textbox “E-mail” = ada (Enter an address" in states["8. address is wrong"]
    assert "button “Open chat” focused" in states["10. closed again"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_wizard_ends_with_a_code_that_answers() -> None:
    said = run("wizard", "--runs", "1")
    assert "it answers" in said
    assert "clicks 6, fields 6, " in said
