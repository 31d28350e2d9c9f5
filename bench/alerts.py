"""What alerts cost, and whether they are right.

    bin/bench alerts load [--rules 10000] [--url postgresql://…]
    bin/bench alerts accuracy [--days 60] [--seed 1]

`load` judges that many rules of all measured kinds, half of them on codes of their own, with five
weeks of rollups: the round of a minute, and the round in which an hour is over. CPU is that of this
process, and with SQLite that is all of it.

`accuracy` makes days of traffic up: busy noons, quiet nights and Sundays, days that differ by more
than chance, and plants spikes, drops and silences into them. Each is looked for in what the rules
raised; whatever else they raised is a false alarm.
"""

import argparse
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask_migrate import upgrade
from sqlalchemy import event, insert

from pitchbar import create_app
from pitchbar.alerts.evaluation import evaluate_rules
from pitchbar.alerts.kinds import find_kind
from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.preview import Question, Raised, Series, replay
from pitchbar.alerts.rounds import mark_hour
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.codes.models import Code
from pitchbar.core.clock import start_of_hour
from pitchbar.extensions import db
from pitchbar.scans.models import ScanHour
from pitchbar.settings import Settings, load_settings
from tests.support.factories import make_person, make_workspace

HOUR = timedelta(hours=1)
NOW = datetime(2026, 7, 15, 12, 3, tzinfo=UTC)
COOLDOWN = timedelta(minutes=60)
WEEKS = 5
WORKSPACES = 250
SHAPES = (
    ("scans_over", 10_000, 15),
    ("scans_over", 10_000, 60),
    ("scans_over", 100_000, 1440),
    ("scans_under", 1, 180),
    ("spike", 10_000, 60),
    ("spike", 10_000, 1440),
    ("drop", 100, 60),
    ("drop", 100, 1440),
    ("silence", None, 1440),
    ("silence", None, 10_080),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="what", required=True)
    load = commands.add_parser("load")
    load.add_argument("--rules", type=int, default=10_000)
    load.add_argument("--url", default="")
    load.add_argument("--rounds", type=int, default=5)
    accuracy = commands.add_parser("accuracy")
    accuracy.add_argument("--days", type=int, default=60)
    accuracy.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.what == "load":
        with tempfile.TemporaryDirectory() as folder:
            measure_load(arguments.rules, arguments.url, arguments.rounds, Path(folder))
    else:
        report_accuracy(arguments.days, arguments.seed)


# What it costs


def measure_load(rules: int, url: str, rounds: int, folder: Path) -> None:
    url = url or f"sqlite:///{folder}/pitchbar.db"
    app = create_app(settings_of(url, folder))
    with app.app_context():
        upgrade()
        rollups = fill(rules)
        print(f"{rules:,} rules, {rollups:,} rows of rollups by the hour, {url.partition(':')[0]}")
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *parts: asked.append(parts[2]))
        for name, at in (("a minute", NOW), ("an hour that is over", NOW + HOUR)):
            figures = [run_round(at, asked) for _ in range(rounds)]
            wall, cpu, statements, raised = (list(column) for column in zip(*figures, strict=True))
            print(
                f"{name:<22} CPU {statistics.median(cpu):6.2f} s"
                f"   wall {statistics.median(wall):6.2f} s"
                f"   {max(statements):.0f} statements   {sum(raised):.0f} raised"
            )


def run_round(at: datetime, asked: list[str]) -> tuple[float, float, float, float]:
    """Wall and CPU seconds, statements, alerts raised. Of an hour that is over, once for each."""
    if at == NOW:
        mark_as_judged(at)
    else:
        db.session.execute(db.text("DELETE FROM alert_rounds"))
        db.session.commit()
    asked.clear()
    wall, cpu = time.monotonic(), time.process_time()
    outcome = evaluate_rules(at, cooldown=COOLDOWN)
    return (
        time.monotonic() - wall,
        time.process_time() - cpu,
        len(asked),
        len(outcome.raised),
    )


def mark_as_judged(at: datetime) -> None:
    mark_hour(at)
    db.session.commit()


def settings_of(url: str, folder: Path) -> Settings:
    return load_settings(
        {
            "APP_ENV": "preview" if url.startswith("postgres") else "development",
            "APP_KEY": "only for this bench, only for this bench",
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "LOG_LEVEL": "ERROR",
        }
    )


def fill(rules: int) -> int:
    """Workspaces with four codes each, all of them scanned in every hour; returns the rollups."""
    owner, chance, count = make_person(), random.Random(7), 0
    workspaces = max(1, min(WORKSPACES, rules // 40))
    for number in range(workspaces):
        workspace = make_workspace(
            owner, time_zone=("UTC", "Europe/Berlin", "America/New_York")[number % 3]
        )
        workspace.created_at = NOW - timedelta(days=400)
        codes = [
            Code(
                workspace_id=workspace.id,
                name=f"Poster {n}",
                short_code=f"bench-{number}-{n}",
                destination_url="https://destination.example/",
                created_at=NOW - timedelta(days=400),
            )
            for n in range(4)
        ]
        db.session.add_all(codes)
        db.session.flush()
        ids = [0, *(code.id for code in codes)]
        count += add_hours(workspace.id, ids, chance)
        own = range(number, rules, workspaces)
        db.session.execute(insert(AlertRule), [rule_row(workspace.id, ids, n) for n in own])
    db.session.commit()
    return count


def add_hours(workspace_id: int, code_ids: Sequence[int], chance: random.Random) -> int:
    hours, end = WEEKS * 7 * 24, start_of_hour(NOW) + 2 * HOUR
    rows = [
        {
            "workspace_id": workspace_id,
            "code_id": code_id,
            "hour_at": end - HOUR * back,
            "hits": people,
            "people": people,
        }
        for code_id in code_ids
        for back in range(1, hours + 1)
        for people in (chance.randint(1, 60),)
    ]
    db.session.execute(insert(ScanHour), rows)
    return len(rows)


def rule_row(workspace_id: int, code_ids: Sequence[int], number: int) -> dict[str, object]:
    kind, threshold, window = SHAPES[number % len(SHAPES)]
    place = number // len(SHAPES)
    return {
        "workspace_id": workspace_id,
        "code_id": code_ids[1 + place % 4] if place % 2 else None,
        "kind": kind,
        "threshold": threshold,
        "window_minutes": window,
        "roles": "owner",
        "is_paused": False,
        "created_at": NOW,
    }


# Whether they are right


@dataclass(frozen=True)
class Planted:
    """`kind` is that of the rule that should find it. An alert counts as its own from its first
    hour on until the rule's window has left it behind.
    """

    kind: str
    start: datetime
    hours: int


@dataclass
class Score:
    planted: int = 0
    missed: int = 0
    false_alarms: int = 0
    late_hours: float = 0.0


ACCURACY = {
    "spike": RuleValues("spike", threshold=100, window_minutes=60),
    "drop": RuleValues("drop", threshold=60, window_minutes=180),
    "silence": RuleValues("silence", window_minutes=720),
}
FACTORS = {"spike": 3.0, "drop": 0.15, "silence": 0.0}
LENGTHS = {"spike": 2, "drop": 5, "silence": 30}


def report_accuracy(days: int, seed: int) -> None:
    print(f"{days} days of made-up traffic, four sizes, seed {seed}: false alarms and misses")
    print(
        f"{'scans a day':>12} {'kind':<8} {'planted':>8} {'missed':>7}"
        f" {'false':>6} {'told after':>11}"
    )
    total = Score()
    for a_day in (120, 600, 2_400, 12_000):
        for kind, score in score_of(a_day, days, seed).items():
            found = score.planted - score.missed
            after = f"{score.late_hours / found:.1f} h" if found else "never"
            print(
                f"{a_day:>12,} {kind:<8} {score.planted:>8} {score.missed:>7}"
                f" {score.false_alarms:>6} {after:>11}"
            )
            total.planted += score.planted
            total.missed += score.missed
            total.false_alarms += score.false_alarms
    print(
        f"in all {total.planted} planted, {total.missed} missed, {total.false_alarms} false alarms"
    )


def score_of(a_day: int, days: int, seed: int) -> dict[str, Score]:
    """Each kind in a traffic of its own, so that one's planting is no other's alarm."""
    return {
        kind: _score(kind, a_day, days, random.Random(f"{seed}-{a_day}-{kind}"))
        for kind in ACCURACY
    }


def _score(kind: str, a_day: int, days: int, chance: random.Random) -> Score:
    last = datetime(2026, 9, 28, tzinfo=UTC)
    first = last - timedelta(days=days)
    start = first - timedelta(weeks=4, hours=24)
    planted = list(plant(kind, first, last, chance))
    traffic = make_traffic(start, last, a_day, planted, chance)
    question = Question(find_kind(kind), ACCURACY[kind], "UTC", start - HOUR, COOLDOWN)  # type: ignore[arg-type]  # keys of ACCURACY are kinds that are measured
    raised = list(replay(question, Series(traffic, start, last), first, last))
    return judge(planted, raised, timedelta(minutes=ACCURACY[kind].window_minutes or 60))


def plant(kind: str, first: datetime, last: datetime, chance: random.Random) -> Iterator[Planted]:
    """One about every sixth day, around noon, never two in the same weeks' hours."""
    day = first + timedelta(days=2)
    while day + timedelta(days=3) < last:
        yield Planted(kind, day + HOUR * chance.randint(10, 14), LENGTHS[kind])
        day += timedelta(days=chance.choice((5, 6, 8, 9)))


def make_traffic(
    start: datetime, end: datetime, a_day: int, planted: Sequence[Planted], chance: random.Random
) -> dict[datetime, int]:
    """People by hour."""
    factors = {
        each.start + HOUR * hour: FACTORS[each.kind]
        for each in planted
        for hour in range(each.hours)
    }
    traffic, at, of_day = {}, start, 1.0
    while at < end:
        if at.hour == 0:
            of_day = chance.gauss(1.0, 0.12)
        mean = a_day / 24 * shape_of(at) * max(0.4, of_day) * factors.get(at, 1.0)
        traffic[at] = poisson(mean, chance)
        at += HOUR
    return traffic


def shape_of(at: datetime) -> float:
    """Of a day: its mean is 1. Sundays are quieter."""
    by_day = max(0.08, 1 + 1.0 * math.sin((at.hour - 8) / 24 * 2 * math.pi))
    return by_day * (0.6 if at.weekday() == 6 else 1.0)


def poisson(mean: float, chance: random.Random) -> int:
    if mean > 200:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count


def judge(planted: Sequence[Planted], raised: Sequence[Raised], window: timedelta) -> Score:
    own: set[datetime] = set()
    score = Score(len(planted))
    for each in planted:
        end = each.start + HOUR * each.hours + window
        found = [one for one in raised if each.start < one.at <= end]
        own.update(one.at for one in found)
        if found:
            score.late_hours += (found[0].at - each.start) / HOUR
        else:
            score.missed += 1
    score.false_alarms = len({one.at for one in raised} - own)
    return score


if __name__ == "__main__":
    main()
