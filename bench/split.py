"""An A/B test over simulated visitors: shares against weights, and whether each visitor stays.

    bin/bench split [--visitors 100000] [--processes 4]

Each visitor has an address, an agent and languages of their own, and scans several times in a day,
in processes that know nothing of each other but the key. Printed is, for several sets of weights,
how many got which variant, the p of a chi-squared test (scipy.stats.chisquare) of these against the
weights, and how many visitors were always led alike. On another day everybody draws anew.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

WEIGHTS = ((1, 1), (70, 30), (5, 3, 2), (1000, 1), (1,) * 10)
_DAY_MS = 86_400_000
# Noon in UTC, so that hours more are the same day.
_NOON_MS = 1_779_278_400_000
_SCANS_A_DAY = 3
# Of a run with honest hashes, one in a thousand fails for each set of weights.
_LEAST_P = 0.001
_AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/137.0.0.0 Mobile",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/137.0.0.0",
)
_LANGUAGES = ("de-CH,de;q=0.9", "en-GB,en", "fr-FR,fr;q=0.8", "")


class Result(NamedTuple):
    """`counts` by variant; `stuck` is how many visitors were always led alike, `moved` how many
    got another variant on another day.
    """

    counts: tuple[int, ...]
    p: float
    stuck: int
    moved: int


def routing_of(weights: Sequence[int]) -> str:
    import orjson

    split = [
        {"destination_url": f"https://destination.example/{number}", "weight": weight}
        for number, weight in enumerate(weights)
    ]
    rule = {"id": 7, "match": "all", "conditions": [], "split": split}
    return orjson.dumps([rule]).decode()


def lead(weights: Sequence[int], day: int, visitors: range) -> bytes:
    """The variant of each visitor on that day, one byte each; 255 for who was not led alike."""
    from pitchbar.rules.compiling import compile_rules
    from pitchbar.rules.splitting import split_key
    from pitchbar.rules.visits import RequestVisit

    rules, key = compile_rules(routing_of(weights), "Europe/Zurich"), split_key("of the bench")
    variants = bytearray()
    for number in visitors:
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        told = (address, _AGENTS[number % 3], _LANGUAGES[number % 4])
        led = set()
        for scan in range(_SCANS_A_DAY):
            choice = rules.choose(
                RequestVisit(_NOON_MS + day * _DAY_MS + scan * 3_600_000, *told), key
            )
            led.add(choice.variant if choice else 255)
        variants.append(led.pop() if len(led) == 1 else 255)
    return bytes(variants)


def measure(weights: Sequence[int], visitors: int, processes: int) -> Result:
    """Every visitor's day is led twice, by two processes, and the next day once more."""
    from scipy.stats import chisquare

    step = -(-visitors // processes)
    parts = [range(start, min(start + step, visitors)) for start in range(0, visitors, step)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        today, again, tomorrow = (
            b"".join(pool.map(partial(lead, weights, day), parts)) for day in (0, 0, 1)
        )
    counts = tuple(today.count(number) for number in range(len(weights)))
    expected = [visitors * weight / sum(weights) for weight in weights]
    stuck = sum(one == other != 255 for one, other in zip(today, again, strict=True))
    moved = sum(one != other for one, other in zip(today, tomorrow, strict=True))
    return Result(counts, float(chisquare(counts, expected).pvalue), stuck, moved)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    is_good = True
    for weights in WEIGHTS:
        result = measure(weights, options.visitors, options.processes)
        shares = " ".join(f"{100 * count / options.visitors:.2f}%" for count in result.counts)
        print(
            f"weights {':'.join(map(str, weights))}: {shares}, p = {result.p:.3f}, "
            f"{result.stuck} of {options.visitors} always led alike, "
            f"{result.moved} elsewhere on the next day"
        )
        is_good = is_good and result.p > _LEAST_P and result.stuck == options.visitors
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
