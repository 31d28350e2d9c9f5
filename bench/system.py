"""The whole installation under load on all of its paths, while one thing after another dies.

    bin/bench system [--minutes 5] [--web 2] [--edge 2] [--only FAULT] [--json]

PostgreSQL, Redis with its file, stand-ins on loopback for mail, model, Stripe, webhooks and a site,
and every process of the Procfile, run as it says and started again as a process manager does. Load
comes at fixed rates, small ones: it shares the machine with all that it loads. Prints for each
fault and path how many requests were wrong and how long after the cause was over the last one was;
then, for each kind of fact, what was accepted, stored, lost and stored twice; and how much memory
each process takes, and how long each takes to start. Ends with 1 when something was lost or stored
twice.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.system_count import Kept, backlog, count, settle
from bench.system_faults import Fault, faults_of
from bench.system_load import RATES, Load, Sample
from bench.system_world import System, system

# So long nothing is wrong any more before a fault counts as over.
_QUIET_SECONDS = 3.0
_RECOVERY_SECONDS = 90.0
CALM = "none"


@dataclass
class Span:
    """From the strike of a fault until all had recovered; monotonic seconds."""

    fault: str
    began: float
    healed: float
    ended: float
    drained: float
    """Seconds after `healed` until no backlog was left; -1: there still was one."""
    left: dict[str, int] = field(default_factory=dict)
    """What waited when it was last looked at before that."""


def run(options: argparse.Namespace, folder: Path) -> bool:
    counts = {kind.replace("_", "-"): getattr(options, kind) for kind in _MANY}
    say = Sayer(options.json)
    made = system(folder, counts, restart_seconds=options.restart, together=options.short, say=say)
    missed: list[str] = []
    with made as (one, clock):
        time.sleep(options.calm)
        idle = {program.name: program.memory_mb() for program in one.programs.values()}
        faults = faults_of(one, clock, options.away, options.outage)
        if options.only:
            wanted = options.only.split(",")
            faults = [fault for fault in faults if any(part in fault.name for part in wanted)]
            if not faults:
                raise SystemExit(f"no fault is called {options.only}")
        load = Load(one, options.rate)
        load.start()
        spans = [calm(options.calm)]
        loaded = {program.name: program.memory_mb() for program in one.programs.values()}
        least = max(6.0, options.minutes * 60 / (len(faults) or 1) - _QUIET_SECONDS)
        until = time.monotonic() + options.minutes * 60 * 3
        for fault in faults:
            if time.monotonic() > until:
                missed.append(fault.name)
                continue
            say(f"now: {fault.name}")
            spans.append(suffer(one, load, fault, least if not options.short else 0))
            say(in_short(load, spans[-1]))
        load.stop()
        if options.logs:
            keep_logs(folder, Path(options.logs))
        say("load is over, waiting for what is under way")
        settled, left = settle(one)
        kept = list(count(one, load))
        told = Told(spans, load, kept, idle, loaded, one.cold, settled, left)
        restarts = {p.name: p.restarts for p in one.programs.values() if p.restarts}
    if options.json:
        print(json.dumps(told.payload(), indent=2))
    else:
        told.print(restarts)
    if missed:
        say(f"three times the time is over, so these were left out: {', '.join(missed)}")
    return all(each.is_good for each in kept) and not left and not missed


def calm(seconds: float) -> Span:
    began = time.monotonic()
    time.sleep(seconds)
    now = time.monotonic()
    return Span(CALM, began, began, now, 0.0)


def suffer(one: System, load: Load, fault: Fault, least: float) -> Span:
    began = time.monotonic()
    fault.strike()
    healed, drained = time.monotonic(), -1.0
    left: dict[str, int] = {}
    while True:
        time.sleep(0.3)
        now = time.monotonic()
        if drained < 0:
            waits = backlog(one)
            left, drained = (waits, -1.0) if waits else (left, now - healed)
        recent = [sample for sample in load.samples[-2000:] if sample.at > now - _QUIET_SECONDS]
        is_quiet = bool(recent) and not any(sample.error for sample in recent)
        is_quiet = is_quiet and now - healed > _QUIET_SECONDS
        if (is_quiet and drained >= 0 and now - began >= least) or now - healed > _RECOVERY_SECONDS:
            return Span(fault.name, began, healed, now, drained, left)


def in_short(load: Load, span: Span) -> str:
    wrong = [one for one in load.samples if span.began <= one.at < span.ended and one.error]
    paths = ", ".join(f"{path} {n}" for path, n in Counter(one.path for one in wrong).items())
    said = Counter(one.error[:100] for one in wrong).most_common(1)
    drained = f"backlog gone after {span.drained:.1f} s" if span.drained >= 0 else "backlog stays"
    drained += f" ({', '.join(f'{many} {what}' for what, many in span.left.items()) or 'none'})"
    return (
        f"  over after {span.ended - span.began:.1f} s, {drained}; errors: {paths or 'none'} {said}"
    )


@dataclass
class Told:
    spans: Sequence[Span]
    load: Load
    kept: Sequence[Kept]
    idle: dict[str, float]
    loaded: dict[str, float]
    cold: dict[str, float]
    settled: float
    left: dict[str, int]

    def of(self, span: Span, path: str) -> list[Sample]:
        return [
            one
            for one in self.load.samples
            if one.path == path and span.began <= one.at < span.ended
        ]

    def rows(self) -> Iterator[dict[str, Any]]:
        for span in self.spans:
            for path in self.load.paths:
                samples = self.of(span, path)
                wrong = [one for one in samples if one.error]
                last = max((one.at + one.took - span.healed for one in wrong), default=0.0)
                times = sorted(one.took for one in samples if not one.error)
                yield {
                    "fault": span.fault,
                    "path": path,
                    "requests": len(samples),
                    "errors": len(wrong),
                    "recovery_seconds": round(max(0.0, last), 1),
                    "slowest_seconds": round(times[-1], 2) if times else None,
                    "said": Counter(one.error[:120] for one in wrong).most_common(2),
                }

    def payload(self) -> dict[str, Any]:
        return {
            "rates": {path: RATES[path][0] for path in self.load.paths if path in RATES},
            "faults": [
                {
                    "fault": span.fault,
                    "seconds": round(span.ended - span.began, 1),
                    "backlog_drained_seconds": round(span.drained, 1),
                    "backlog_last": span.left,
                }
                for span in self.spans
            ],
            "paths": list(self.rows()),
            "facts": [each.payload() for each in self.kept],
            "settled_seconds": round(self.settled, 1),
            "left": self.left,
            "memory_mb": {
                name: {"idle": round(self.idle[name]), "loaded": round(self.loaded[name])}
                for name in self.idle
            },
            "cold_start_seconds": {kind: round(took, 1) for kind, took in self.cold.items()},
        }

    def print(self, restarts: dict[str, int]) -> None:
        print(f"\n{'fault':<24} {'path':<15} {'requests':>8} {'errors':>7} {'rate':>7}  recovery")
        rows = list(self.rows())
        for span in self.spans:
            mine = [row for row in rows if row["fault"] == span.fault]
            total, wrong = sum(r["requests"] for r in mine), sum(r["errors"] for r in mine)
            drained = f"{span.drained:.1f} s" if span.drained >= 0 else "NOT"
            name = "no fault" if span.fault == CALM else span.fault
            print(
                f"{name:<24} {'all':<15} {total:>8} {wrong:>7} {_share(wrong, total):>7}  "
                f"backlog {drained}; {span.ended - span.began:.0f} s in all"
            )
            for row in mine:
                if row["errors"]:
                    print(
                        f"{'':<24} {row['path']:<15} {row['requests']:>8} {row['errors']:>7} "
                        f"{_share(row['errors'], row['requests']):>7}  "
                        f"{row['recovery_seconds']:.1f} s; {row['said'][0][0][:90]}"
                    )
        print(f"\nall was stored {self.settled:.1f} s after the load's end")
        for what, many in self.left.items():
            print(f"  STILL UNDER WAY: {many} {what}")
        head = ("accepted", "stored", "lost", "twice", "sent again")
        print(f"\n{'fact':<20} " + " ".join(f"{name:>10}" for name in head))
        for each in self.kept:
            told = each.payload()
            numbers = (told[name] for name in ("accepted", "stored", "lost", "twice", "sent_again"))
            verdict = "good" if each.is_good else f"BAD: {', '.join(told['examples'])}"
            print(f"{each.kind:<20} " + " ".join(f"{one:>10}" for one in numbers) + f"  {verdict}")
        print(f"\n{'process':<20} {'idle MB':>8} {'loaded MB':>10} {'cold start':>11}  restarts")
        for name, idle in self.idle.items():
            kind = name if name in self.cold else name.rpartition("-")[0]
            print(
                f"{name:<20} {idle:>8.0f} {self.loaded[name]:>10.0f} {self.cold[kind]:>9.1f} s  "
                f"{restarts.get(name, 0)}"
            )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


class Sayer:
    """What happens, on stderr where stdout is for a program."""

    def __init__(self, is_json: bool) -> None:
        self._began = time.monotonic()
        self._file = sys.stderr if is_json else sys.stdout

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:5.0f} s] {text}", file=self._file, flush=True)


def keep_logs(folder: Path, wanted: Path) -> None:
    wanted.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        (wanted / log.name).write_bytes(log.read_bytes())


@contextmanager
def stoppable() -> Iterator[None]:
    """TERM ends it as Ctrl-C does: what was started is ended, what was written is removed."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# Of which there may be several.
_MANY = ("web", "edge", "realtime", "worker_ingestion", "worker_analytics", "worker", "scheduler")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="for all faults together")
    parser.add_argument("--calm", type=float, default=15.0, help="seconds of load before them")
    parser.add_argument("--only", default="", help="faults with one of these, with commas, in them")
    parser.add_argument("--rate", type=float, default=1.0, help="times the usual load")
    parser.add_argument("--away", type=float, default=8.0, help="seconds that something is away")
    parser.add_argument("--outage", type=float, default=20.0, help="the same of PostgreSQL")
    parser.add_argument("--restart", type=float, default=2.0, help="seconds until a restart")
    parser.add_argument(
        "--short", action="store_true", help="start together, go on when all is well"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--logs", default="", help="a folder for what the processes logged")
    for kind in _MANY:
        many = 2 if kind in ("web", "edge") else 1
        parser.add_argument(f"--{kind.replace('_', '-')}", type=int, default=many)
    options = parser.parse_args()
    try:
        with stoppable(), tempfile.TemporaryDirectory(prefix="pitchbar-system-") as folder:
            good = run(options, Path(folder))
    except KeyboardInterrupt:
        raise SystemExit("stopped") from None
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
