"""What became of everything that clients were told is accepted."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import redis

from bench.system_load import Load
from bench.system_world import System

_STREAMS = ("pitchbar:scans", "pitchbar:conversions")
# Tries of mail that was refused wait longer and longer; nothing else waits as long.
SETTLE_SECONDS = 150.0


@dataclass
class Kept:
    """Of one kind of fact. `again` counts what came more than once under the same id, by which the
    other side knows it: mail and webhooks cannot be promised once.
    """

    kind: str
    accepted: int
    stored: int
    lost: list[str]
    twice: list[str]
    again: int = 0

    @property
    def is_good(self) -> bool:
        return not self.lost and not self.twice

    def payload(self) -> dict[str, Any]:
        lost, twice = len(self.lost), len(self.twice)
        return {
            "kind": self.kind,
            "accepted": self.accepted,
            "stored": self.stored,
            "lost": lost,
            "twice": twice,
            "sent_again": self.again,
            "examples": [*self.lost[:5], *self.twice[:5]],
        }


def waiting(one: System) -> dict[str, int]:
    """What is under way somewhere; empty when nothing is. While the database is away, that."""
    if not one.is_there():
        return {"database": 1}
    left: dict[str, int] = {}
    left["spool files"] = sum(1 for path in (one.folder / "spool").rglob("*.spool"))
    with contextlib.suppress(redis.RedisError), one.redis.client() as client:
        left["inbox"] = sum(client.xlen(name) for name in _STREAMS)
    queries = {
        # Periodic ones of later are not under way.
        "jobs": "SELECT count(*) FROM jobs WHERE state = 'running' OR state = 'queued' "
        "AND (due_at <= now() + interval '60 seconds' OR tries_used > 0)",
        "deliveries": "SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'",
        "facts of webhooks": "SELECT count(*) FROM webhook_facts",
        "turns": "SELECT count(*) FROM chat_turns",
        "events of Stripe": "SELECT count(*) FROM billing_events WHERE handled_at IS NULL",
        "sources": "SELECT count(*) FROM sources WHERE active_generation_id IS NULL",
    }
    for what, query in queries.items():
        rows = one.ask(query)
        left[what] = rows[0][0] if rows else 0
    return {what: count for what, count in left.items() if count}


def backlog(one: System) -> dict[str, int]:
    """What waits beyond that which always is under way while there is load; tasks by their name."""
    if not one.is_there():
        return {"database": 1}
    late = one.ask(
        # Of `ingestion` one runs for as long as scans come, the next one waits: the inbox tells.
        "SELECT task, count(*) FROM jobs WHERE state = 'queued' AND tries_used = 0 "
        "AND queue <> 'ingestion' AND due_at < now() - interval '5 seconds' GROUP BY task"
    )
    found = {str(task): int(many) for task, many in late}
    with contextlib.suppress(redis.RedisError), one.redis.client() as client:
        inbox = sum(client.xlen(name) for name in _STREAMS)
        found["inbox"] = inbox if inbox > 200 else 0
        folder = one.folder / "spool"
        found["old spool files"] = sum(_age(path) > 15 for path in folder.rglob("*.spool"))
        return {what: many for what, many in found.items() if many}
    return {"Redis": 1}


def _age(path: Any) -> float:
    try:
        return time.time() - float(path.stat().st_mtime)
    except OSError:
        return 0.0


def settle(one: System, seconds: float = SETTLE_SECONDS) -> tuple[float, dict[str, int]]:
    """Seconds until nothing was under way any more, and what still was when time was over."""
    began = time.monotonic()
    calm = 0
    while True:
        left = waiting(one)
        calm = 0 if left else calm + 1
        took = time.monotonic() - began
        # Twice: between two tables a fact may be in neither for the one who looks.
        if calm >= 2 or took > seconds:
            return took, left
        time.sleep(0.3)


def count(one: System, load: Load) -> Iterator[Kept]:
    told = load.accepted
    rows = one.ask("SELECT ip FROM scans")
    yield _compare("scans", told.scans, (row[0] for row in rows))
    yield _sums(one, len(rows))
    orders = one.ask("SELECT order_id FROM conversions")
    yield _compare("conversions", told.conversions, (row[0] for row in orders))
    names = one.ask("SELECT name FROM codes WHERE name LIKE 'Poster %%'")
    yield _compare("codes", told.codes, (row[0] for row in names))
    said = one.ask("SELECT role, text, CAST(id AS text) FROM chat_messages")
    yield _compare("questions", told.questions, (row[1] for row in said if row[0] == "visitor"))
    yield _compare("answers", told.answers, (row[2] for row in said if row[0] == "agent"))
    emails = [row[0] for row in one.ask("SELECT email FROM leads")]
    yield _compare("leads", told.leads, emails)
    yield _mails(one, told.leads)
    sources = one.ask("SELECT id, active_generation_id FROM sources")
    ready = [str(row[0]) for row in sources if row[1] is not None]
    yield _compare("sources", {str(one) for one in told.sources}, ready)
    yield from _webhooks(one, load)
    events = one.ask("SELECT event_id FROM billing_events WHERE handled_at IS NOT NULL")
    yield _compare("events of Stripe", told.stripe_events, (row[0] for row in events))
    yield _jobs(one)


def _compare(kind: str, accepted: set[str], stored: Iterable[str]) -> Kept:
    counts = Counter(stored)
    lost = sorted(accepted - counts.keys())
    twice = sorted(name for name, times in counts.items() if times > 1)
    return Kept(kind, len(accepted), sum(counts.values()), lost, twice)


def _sums(one: System, rows: int) -> Kept:
    """The rollups are grown in the transaction of the rows: both say the same."""
    found = one.ask("SELECT coalesce(sum(hits), 0) FROM scan_hours WHERE code_id = 0")
    hits = int(found[0][0]) if found else 0
    lost = [f"{rows - hits} hits are missing"] if hits < rows else []
    twice = [f"{hits - rows} hits too many"] if hits > rows else []
    return Kept("hits in rollups", rows, hits, lost, twice)


def _mails(one: System, leads: set[str]) -> Kept:
    """One to the owner for each lead."""
    ids: dict[str, Counter[str]] = {}
    for at, message in enumerate(one.outside.mail.post.messages):
        body = message.get_body(("plain",))
        words = set(body.get_content().split()) if body else set()
        for email in leads & words:
            ids.setdefault(email, Counter())[message["Message-ID"] or str(at)] += 1
    lost = sorted(leads - ids.keys())
    twice = sorted(email for email, found in ids.items() if len(found) > 1)
    again = sum(sum(found.values()) - len(found) for found in ids.values())
    return Kept("mails", len(leads), len(ids), lost, twice, again)


def _webhooks(one: System, load: Load) -> Iterator[Kept]:
    ids: dict[str, set[str]] = {}
    taken = list(one.outside.receiver.taken)
    for message_id, said in taken:
        for name in _named(said):
            ids.setdefault(name, set()).add(message_id)
    told = {f"code {one}" for one in load.accepted.code_ids}
    told |= {f"lead {one}" for one in load.accepted.leads}
    lost = sorted(told - ids.keys())
    twice = sorted(name for name in told & ids.keys() if len(ids[name]) > 1)
    again = len(taken) - len({message_id for message_id, _ in taken})
    yield Kept("webhook deliveries", len(told), len(told & ids.keys()), lost, twice, again)


def _named(said: dict[str, Any]) -> Iterator[str]:
    data = said.get("data", {})
    if said.get("type") == "code.created":
        yield f"code {data['code']['id']}"
    if said.get("type") == "lead.captured":
        for lead in data["leads"]:
            yield f"lead {lead['email']}"


def _jobs(one: System) -> Kept:
    """Every row of the ledger has to be done; those that are trimmed were."""
    rows = one.ask(
        "SELECT task, state FROM jobs WHERE state IN ('done', 'failed', 'running') "
        "OR due_at <= now() OR tries_used > 0"
    )
    lost = sorted(f"{task} is {state}" for task, state in rows if state != "done")
    runs = one.ask("SELECT count(*) FROM job_attempts WHERE outcome IN ('lost', 'error')")
    again = runs[0][0] if runs else 0
    return Kept("jobs", len(rows), len(rows) - len(lost), lost, [], again)
