"""A split is fair by its weights, and each visitor keeps to one of its sides for a day."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

import pytest
from scipy.stats import chi2_contingency, chisquare

from bench.split import lead
from pitchbar.core.assets import ROOT
from pitchbar.rules.splitting import draw, split_key
from tests.rules.visiting import KEY, NOW, at, compiled, visit

VISITORS = 20_000
MANY = [f"10.0.{number >> 8}.{number & 255}" for number in range(2000)]
HALVES = {
    "split": [{"destination_url": f"https://rule.example/{one}", "weight": 1} for one in "ab"]
}


def drawn(weights: Sequence[int], key: bytes = KEY, rule_id: int = 1, day: str = "d") -> list[int]:
    limits = tuple(accumulate(weights))
    return [draw(key, rule_id, day, f"visitor {number}", limits) for number in range(VISITORS)]


@pytest.mark.parametrize("weights", [(1, 1), (70, 30), (5, 3, 2), (100, 1), (1,) * 10])
def test_shares_are_as_the_weights(weights: tuple[int, ...]) -> None:
    counts = Counter(drawn(weights))
    observed = [counts[variant] for variant in range(len(weights))]
    expected = [VISITORS * weight / sum(weights) for weight in weights]
    assert sum(observed) == VISITORS
    assert chisquare(observed, expected).pvalue > 0.001


@pytest.mark.parametrize("other", [{"rule_id": 2}, {"day": "e"}, {"key": b"another"}])
def test_another_rule_day_or_key_draws_as_if_there_were_no_first(other: dict[str, object]) -> None:
    first, second = drawn((1, 1)), drawn((1, 1), **other)  # type: ignore[arg-type]
    pairs = Counter(zip(first, second, strict=True))
    table = [[pairs[one, two] for two in (0, 1)] for one in (0, 1)]
    assert chi2_contingency(table).pvalue > 0.001


def test_the_key_is_not_the_keys_of_other_purposes_and_follows_from_app_key() -> None:
    assert split_key("a") == split_key("a") != split_key("b")
    assert len(split_key("a")) == 32


def test_a_visitor_keeps_to_a_side_until_midnight_of_the_workspace() -> None:
    rules = compiled(HALVES, zone="Europe/Zurich")

    def sides(now: int) -> list[int]:
        chosen = [rules.choose(visit(now, address=one), KEY) for one in MANY]
        return [choice.variant for choice in chosen if choice]

    first = sides(at("2026-11-26 00:00"))
    assert len(first) == len(MANY)
    assert set(first) == {0, 1}
    assert sides(at("2026-11-26 23:59")) == first
    assert sides(at("2026-11-27 00:00")) != first


def test_what_a_request_does_not_tell_of_its_visitor_changes_no_side() -> None:
    rules = compiled(HALVES)
    for address in MANY[:50]:
        led = {
            rules.choose(visit(now, address=address, query=query), KEY)
            for now in (NOW, NOW + 60_000)
            for query in ("", "a=b", "utm_source=x")
        }
        assert len(led) == 1


def test_another_process_leads_the_same_visitors_to_the_same_sides() -> None:
    program = "from bench.split import lead; print(lead((70, 30), 0, range(500)).hex())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert bytes.fromhex(done.stdout) == lead((70, 30), 0, range(500))
