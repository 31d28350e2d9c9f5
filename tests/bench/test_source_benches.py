"""The benches of the sources in their shortest form."""

import re

from tests.bench.running import run


def test_failures_tell_tries_waits_and_sentences() -> None:
    said = run("sources", "failures")
    assert re.search(r"^/status/404 +1 - +failed +There is no such page", said, re.MULTILINE), said
    assert re.search(r"^/status/500 +3 30, 90 +failed", said, re.MULTILINE), said


def test_held_tells_of_damage_and_of_harmless_changes() -> None:
    said = run("sources", "held", "--sites", "2")
    assert said.count("held 2 of 2") == 8, said
    assert said.count("held 0 of 2") == 6, said


def test_reading_tells_pages_a_second_and_how_long_another_waits() -> None:
    said = run("sources", "reading", "--pages", "6", "--where", "embedded")
    assert re.search(r"[67] pages in [\d.]+ s, [\d.]+ pages/s", said), said
