"""A workspace full of made-up scans and conversions, and a plain recount of what boards show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from pitchbar.analytics.buckets import bucket_starts
from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.engine import Board, Breakdown, Bucket, Metric, Question, Row, Totals
from pitchbar.analytics.filters import Filter
from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.labels.names import key_of
from pitchbar.codes.models import Code
from pitchbar.conversions import stored as stored_conversions
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.core.clock import local_date
from pitchbar.core.utm import UTM_NAMES
from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from pitchbar.scans import stored
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import Scan
from pitchbar.scans.partitions import ensure_partitions
from pitchbar.workspaces.models import Workspace

Record = dict[str, Any]
HOSTILE = ("it's", '"quoted"', "100%", "_", "back\\slash", "!no", "ünï·cødé", "日本語", "a" * 250)
_PLAIN_BROWSERS = {"Mobile Safari": "Safari", "Chrome Mobile": "Chrome", "Google": "Google app"}
_PLAIN_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
# As many as a worker stores in one transaction.
_AT_ONCE = 4000
_REASONS = (None,) * 14 + ("known_robot", "known_robot", "repeat", "own", "over_limit", "head")


@dataclass
class MadeUp:
    """What was made: rows as they are stored, and what numbers are called."""

    workspace_id: int
    zone: str
    codes: list[int]
    labels: dict[int, set[str]]
    domains: dict[int, str]
    scans: list[Record] = field(default_factory=list)
    conversions: list[Record] = field(default_factory=list)


def make_up(
    workspace: Workspace, count: int, *, first: date, days: int, codes: int = 6, seed: int = 1
) -> MadeUp:
    """Scans of those days, the same ones each time, with conversions of some; stored by the
    subscribers that store all scans.
    """
    random = Random(seed)
    world = _place(workspace, codes)
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(workspace.time_zone))
    begin, length = start.astimezone(UTC), days * 86_400
    # More in the beginning of the span and of the codes.
    seconds = sorted(random.random() * random.random() * length for _ in range(count))
    for number, second in enumerate(seconds):
        at = begin + timedelta(seconds=second)
        world.scans.append(_scan(random, world, number, at))
    for scan in world.scans:
        if random.random() < 0.06:
            world.conversions.append(_conversion(random, world, scan))
    # One whose scan was never stored.
    lost = {**world.scans[0], "id": UUID(int=random.getrandbits(128))}
    world.conversions.append(_conversion(random, world, lost) | {"rule_id": None})
    for place in range(0, count, _AT_ONCE):
        store_scans(world, world.scans[place : place + _AT_ONCE])
    for place in range(0, len(world.conversions), _AT_ONCE):
        store_conversions(world.conversions[place : place + _AT_ONCE])
    return world


def _place(workspace: Workspace, count: int) -> MadeUp:
    made = [
        Code(
            workspace_id=workspace.id,
            name=f"Code {number}",
            short_code=f"made{workspace.id}-{number}",
            destination_url="https://destination.example/",
        )
        for number in range(count)
    ]
    labels = [
        Label(workspace_id=workspace.id, name=name, name_key=key_of(name))
        for name in ("Print", "Straße 100%", "unused")
    ]
    domains = [Domain(workspace_id=workspace.id, host=f"go{n}.example", token="t") for n in (1, 2)]
    db.session.add_all([*made, *labels, *domains])
    db.session.flush()
    carried: dict[int, set[str]] = defaultdict(set)
    for place, code in enumerate(made):
        for label in labels[:2][: place % 3]:
            carried[code.id].add(label.name)
            db.session.add(CodeLabel(code_id=code.id, label_id=label.id, workspace_id=workspace.id))
    made[-1].deleted_at = clock.now()
    ids, hosts = [code.id for code in made], {one.id: one.host for one in domains}
    db.session.commit()
    return MadeUp(workspace.id, workspace.time_zone, ids, carried, hosts)


def _scan(random: Random, world: MadeUp, number: int, at: datetime) -> Record:
    day = local_date(at, world.zone)
    who = Random(f"{day}-{random.randrange(1 + 60 * len(world.codes))}")
    values = [f"{who.getrandbits(128):032x}", who.choice(("DE", "AT", "US", None))]
    return {
        "id": UUID(int=random.getrandbits(128)),
        "scanned_at": at,
        "code_id": random.choice(world.codes + world.codes[:2] * 2),
        "workspace_id": world.workspace_id,
        "ip": None,
        "visitor": values[0] if random.random() < 0.97 else None,
        "country": values[1],
        "region": who.choice(("Bayern", "Wien", None)),
        "city": who.choice(("München", "Wien", "İstanbul", None)),
        "device": who.choice(("phone", "tablet", "desktop")),
        "os": random.choice(("iOS", "Mac OS X", "macOS", "Chrome OS", "Android", None)),
        "browser": random.choice(("Safari", "Mobile Safari", "Chrome Mobile", "Google", None)),
        "language": who.choice(("de", "de-CH", "en-GB", None)),
        "referrer_host": random.choice(("search.example", *HOSTILE[:3], None)),
        **{f"utm_{name}": random.choice((*HOSTILE, None)) for name in UTM_NAMES},
        "campaign": random.choice(("spring", "Spring", None)),
        "rule_id": random.choice((7, 70, None)),
        "variant": None,
        "domain_id": random.choice((*world.domains, 987_654, None)),
        "robot_reason": random.choice(_REASONS),
    }


def _conversion(random: Random, world: MadeUp, scan: Record) -> Record:
    at = scan["scanned_at"] + timedelta(hours=random.choice((0.2, 3, 40)))
    value = random.choice((None, 0, 1250, 99_999_999_999))
    return {
        "id": UUID(int=random.getrandbits(128)),
        "workspace_id": world.workspace_id,
        "code_id": scan["code_id"],
        "scan_id": scan["id"],
        "scanned_at": scan["scanned_at"],
        "event": "sale",
        "order_id": None,
        "value_minor": value,
        "currency": None if value is None else random.choice(("EUR", "USD")),
        "occurred_at": at,
        "day": local_date(at, world.zone),
        "scan_day": local_date(scan["scanned_at"], world.zone),
        "rule_id": scan["rule_id"],
        "variant": None,
        "source": "api",
    }


def store_scans(world: MadeUp, scans: Sequence[Record]) -> None:
    ensure_partitions(db.engine, (scan["scanned_at"] for scan in scans))
    with db.engine.begin() as connection:
        # By the names of the columns, which the model's own differ from.
        table: Any = Scan.__table__
        connection.execute(insert(table), list(scans))
        stored.publish(connection, [_enriched(scan, world.zone) for scan in scans])


def store_conversions(conversions: Sequence[Record]) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(Conversion), list(conversions))
        stored_conversions.publish(connection, list(conversions))


def _enriched(scan: Record, zone: str) -> EnrichedScan:
    at = scan["scanned_at"]
    whose = (scan["workspace_id"], scan["code_id"], scan["visitor"])
    day = local_date(at, zone)
    return EnrichedScan(scan["id"], at, day, *whose, None, scan, scan["robot_reason"])


def recount(
    world: MadeUp,
    question: Question,
    dimensions: Sequence[Dimension],
    *,
    metric: Metric = "people",
    limit: int = 9,
) -> Board:
    """What `read_board` must give, the week included."""
    span = question.span
    scans = [one for one in world.scans if _is_asked(world, one, question)]
    by_id = {one["id"]: one for one in world.scans}
    told = [
        {**{"campaign": None}, **by_id.get(one["scan_id"], {}), **one} for one in world.conversions
    ]
    told = [
        one
        for one in told
        if _is_asked(world, one, question) and span.start <= one["occurred_at"] < span.end
    ]
    inside = [one for one in scans if span.start <= one["scanned_at"] < span.end]
    firsts = _firsts(world, scans, question)
    return Board(
        _totals(inside, firsts, told),
        _series(question, inside, firsts, told),
        {
            one.key: _breakdown(world, question, one, scans, told, metric, limit)
            for one in dimensions
        },
        _week(world, inside),
    )


def _is_asked(world: MadeUp, one: Record, question: Question) -> bool:
    if question.code_id not in (None, one["code_id"]):
        return False
    return all(_fulfils(world, one, given) for given in question.filters)


def _fulfils(world: MadeUp, one: Record, given: Filter) -> bool:
    values = set(values_of(world, one, given.dimension))
    if given.dimension.kind == "label":
        included, excluded = ({key_of(v) for v in w} for w in (given.included, given.excluded))
        values = {key_of(value) for value in values}
    else:
        included, excluded = set(given.included), set(given.excluded)
    return (not included or bool(values & included)) and not values & excluded


def values_of(world: MadeUp, one: Record, dimension: Dimension) -> list[str]:
    if dimension.kind == "label":
        return sorted(world.labels.get(one["code_id"], ())) or [""]
    value = one.get(dimension.column)
    if dimension.key == "browser":
        value = _PLAIN_BROWSERS.get(value or "", value)
    if dimension.key == "os":
        value = _PLAIN_SYSTEMS.get(value or "", value)
    if dimension.kind == "domain":
        value = world.domains.get(value or 0, value)
    return ["" if value is None else str(value)]


@cache
def _day_of(at: datetime, zone: str) -> date:
    return local_date(at, zone)


def _firsts(
    world: MadeUp, scans: Iterable[Record], question: Question
) -> dict[tuple[date, str], datetime]:
    """When each visitor of a day was seen first, of those whom the span counts."""
    found: dict[tuple[date, str], datetime] = {}
    for one in scans:
        if one["robot_reason"] is None and one["visitor"]:
            key = (_day_of(one["scanned_at"], world.zone), one["visitor"])
            found[key] = min(found.get(key, one["scanned_at"]), one["scanned_at"])
    span = question.span
    return {key: at for key, at in found.items() if span.start <= at < span.end}


def _worth(told: Iterable[Record]) -> dict[str, tuple[int, int]]:
    worth: dict[str, tuple[int, int]] = {}
    for one in told:
        count, value = worth.get(one["currency"] or "", (0, 0))
        worth[one["currency"] or ""] = (count + 1, value + (one["value_minor"] or 0))
    return worth


def _totals(inside: Sequence[Record], firsts: Any, told: Sequence[Record]) -> Totals:
    reasons = [one["robot_reason"] for one in inside]
    return Totals(
        len(inside),
        reasons.count(None),
        len(firsts),
        reasons.count("repeat"),
        reasons.count("own"),
        reasons.count("over_limit"),
        _worth(told),
    )


def _series(
    question: Question, inside: Sequence[Record], firsts: Any, told: Sequence[Record]
) -> list[Bucket]:
    starts = bucket_starts(question.span)
    ends = [*starts[1:], question.span.end]
    return [
        Bucket(
            start,
            sum(start <= one["scanned_at"] < end for one in inside),
            sum(start <= one["scanned_at"] < end and not one["robot_reason"] for one in inside),
            sum(start <= at < end for at in firsts.values()),
            sum(start <= one["occurred_at"] < end for one in told),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _breakdown(
    world: MadeUp,
    question: Question,
    dimension: Dimension,
    scans: Sequence[Record],
    told: Sequence[Record],
    metric: Metric,
    limit: int,
) -> Breakdown:
    span = question.span
    groups: dict[str, list[Record]] = defaultdict(list)
    for one in scans:
        for value in values_of(world, one, dimension):
            groups[value].append(one)
    came: dict[str, list[Record]] = defaultdict(list)
    for one in told:
        for value in values_of(world, one, dimension):
            groups.setdefault(value, [])
            came[value].append(one)
    rows = []
    for value, group in groups.items():
        inside = [one for one in group if span.start <= one["scanned_at"] < span.end]
        people = sum(one["robot_reason"] is None for one in inside)
        unique = _unique(world, question, dimension, group)
        if inside or came[value]:
            rows.append(Row(value, len(inside), people, unique, _worth(came[value])))
    rows.sort(key=lambda row: (-getattr(row, metric), row.value))
    return Breakdown(dimension, rows[:limit], len(rows) > limit)


def _unique(
    world: MadeUp, question: Question, dimension: Dimension, group: Sequence[Record]
) -> int:
    """Of a label, and of a browser in several spellings, those of each one, added up."""
    stored = "code_id" if dimension.kind == "label" else dimension.column
    parts: dict[Any, list[Record]] = defaultdict(list)
    for one in group:
        parts[one[stored]].append(one)
    return sum(len(_firsts(world, part, question)) for part in parts.values())


def _week(world: MadeUp, inside: Sequence[Record]) -> list[list[int]]:
    week, zone = [[0] * 24 for _ in range(7)], ZoneInfo(world.zone)
    for one in inside:
        if one["robot_reason"] is None:
            local = clock.start_of_hour(one["scanned_at"]).astimezone(zone)
            week[local.weekday()][local.hour] += 1
    return week
