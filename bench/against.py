"""The redirect and the ingestion here, against another version of the code, in one run.

    bin/bench against REVISION-OR-FOLDER [--rounds 5] [--server gevent] [--databases sqlite,disk]

Both sides are measured in turns, by the benches of their own, with the same Python; medians and
their ratios are printed. A revision is checked out beside this one, and removed behind.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {"redirect": 0.97, "ingestion": 0.9}


@contextmanager
def checked_out(wanted: str) -> Iterator[Path]:
    if Path(wanted, "bench").is_dir():
        yield Path(wanted).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as name:
        folder = Path(name, "other")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(folder), wanted], check=True)
        try:
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def run(root: Path, bench: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, f"bench/{bench}.py", *arguments],
        cwd=root,
        env=None,
        capture_output=True,
        text=True,
    )
    if "Traceback" in done.stderr:
        raise SystemExit(done.stderr)
    return done.stdout


def redirect_rates(root: Path, args: argparse.Namespace) -> dict[str, float]:
    options = ["--servers", args.server, "--rounds", "1", "--seconds", str(args.seconds)]
    said = run(root, "redirect", *options)
    return {
        f"redirect, {name}": float(rate)
        for name, rate in re.findall(r"^  (bare|edge|edge, query) +(\d+) ", said, re.MULTILINE)
    }


def ingestion_rates(root: Path, args: argparse.Namespace) -> dict[str, float]:
    said = run(root, "ingest", "--scans", str(args.scans), "--databases", args.databases)
    found = re.findall(r"^(\w+, \w+) +[\d.]+ +(\d+) scans/s", said, re.MULTILINE)
    return {f"ingestion, {name}": float(rate) for name, rate in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", help="a revision, or the folder of a checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--scans", type=int, default=20_000)
    parser.add_argument("--server", default="gevent")
    parser.add_argument("--databases", default="sqlite,disk")
    args = parser.parse_args()
    rates: dict[str, dict[str, list[float]]] = {}
    with checked_out(args.other) as other:
        for number in range(args.rounds):
            sides = [("other", other), ("here", ROOT)]
            for side, root in sides if number % 2 else reversed(sides):
                for name, rate in (
                    redirect_rates(root, args) | ingestion_rates(root, args)
                ).items():
                    rates.setdefault(name, {}).setdefault(side, []).append(rate)
    sys.exit(0 if report(rates, args.other) else 1)


def report(rates: dict[str, dict[str, list[float]]], other: str) -> bool:
    print(f"{'':<26} {other[:12]:>12} {'here':>9}  ratio")
    good = True
    for name, sides in rates.items():
        before, now = (statistics.median(sides.get(side, [0.0])) for side in ("other", "here"))
        ratio = now / before if before else 0.0
        target = TARGETS[name.partition(",")[0]]
        good &= ratio >= target or name.endswith("bare")
        print(f"{name:<26} {before:>12.0f} {now:>9.0f}  {ratio:.2f} (target {target})")
    return good


if __name__ == "__main__":
    main()
