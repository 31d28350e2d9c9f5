"""A workspace with very many conversations, written by COPY, and the team that looks at them."""

import json
import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.jobs import Bench

PASSWORD = "a quiet horse counts to nine"
RARE = "kingfisher"
PER_CONVERSATION = 6
_WORDS = (Path(__file__).resolve().parent.parent / "docs/concepts.md").read_text().split()
_TEXTS = 4_000
_LEADS_EVERY, _OPEN_EVERY, _WAITING_EVERY = 50, 10, 5_000


def email_of(member: int) -> str:
    return f"inbox-{member}@bench.example"


def fill(bench: Bench, count: int, members: int = 1) -> str:
    """One conversation in ten is open. Returns the agent's public id."""
    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.agents.services import create_agent, publish_agent
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.workspaces.models import Membership
    from pitchbar.workspaces.plans import SCALE
    from pitchbar.workspaces.roles import ADMIN
    from pitchbar.workspaces.services import create_workspace

    with create_app(bench.settings).app_context():
        people = [
            create_person(email=email_of(n), name=f"Member {n}", password=PASSWORD, is_proven=True)
            for n in range(members)
        ]
        workspace = create_workspace(
            name="Bench", time_zone="UTC", owner=people[0], slug="bench", plan=SCALE
        )
        db.session.add_all(
            Membership(workspace_id=workspace.id, person_id=one.id, role=ADMIN)
            for one in people[1:]
        )
        agents = [
            create_agent(workspace, SYSTEM, bench.settings, name=name, allowed_origins=("*",))
            for name in ("Nora", "Other")
        ]
        publish_agent(agents[0], SYSTEM, bench.settings)
        db.session.commit()
        _copy_all(workspace.id, [one.id for one in agents], count)
        public_id = agents[0].public_id
        db.session.remove()
        db.engine.dispose()
    return public_id


def _copy_all(workspace_id: int, agents: Sequence[int], count: int) -> None:
    from sqlalchemy import text

    from pitchbar.chat.models import Conversation, Lead, Message, Visitor
    from pitchbar.extensions import db

    words = "to_tsvector('simple', text)"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Made once for all of it: a tenth of the time of an index that grows row by row.
        connection.execute(text("DROP INDEX ix_chat_messages_words"))
        _copy(connection, Visitor, _visitors(workspace_id, count))
        _copy(connection, Conversation, _conversations(workspace_id, agents, count))
        _copy(connection, Message, _messages(workspace_id, count))
        _copy(connection, Lead, _leads(workspace_id, count))
        connection.execute(
            text(f"CREATE INDEX ix_chat_messages_words ON chat_messages USING gin ({words})")
        )
        for table in ("chat_visitors", "conversations", "chat_leads"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count + 1})")
            )
        connection.execute(text("VACUUM ANALYZE"))


def _copy(connection: Any, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """What a row leaves out has the model's own value."""
    own: dict[str, Any] = {}
    for column in model.__table__.columns:
        default = column.default
        if default is not None and default.is_scalar:
            own[column.name] = default.arg
        elif default is not None and default.is_callable:
            own[column.name] = default.arg(None)
    driver = connection.connection.driver_connection
    first = next(rows)
    names = tuple({**own, **first})
    into = f"COPY {model.__tablename__} ({', '.join(names)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in (first, *rows):
            values = {**own, **row}
            copy.write_row([_plain(values[name]) for name in names])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def _at(n: int, count: int) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=30 * (count - n) + 60)


def _visitors(workspace_id: int, count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = _at(n, count)
        one = {"id": n + 1, "workspace_id": workspace_id, "public_id": uuid.uuid4()}
        yield {**one, "created_at": at, "seen_at": at}


def _conversations(
    workspace_id: int, agents: Sequence[int], count: int
) -> Iterator[dict[str, Any]]:
    for n in range(count):
        at = _at(n, count)
        yield {
            "id": n + 1,
            "public_id": uuid.uuid4(),
            "workspace_id": workspace_id,
            "agent_id": agents[n % 10 == 0],
            "visitor_id": n + 1,
            "status": "open" if n % _OPEN_EVERY == 0 else "ended",
            "is_unanswered": n % 25 == 0,
            "messages": PER_CONVERSATION,
            "started_at": at,
            "last_message_at": at,
            "human_requested_at": at if n % _WAITING_EVERY == 0 else None,
        }


def _messages(workspace_id: int, count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(16)
    texts = [" ".join(rng.choices(_WORDS, k=24)) for _ in range(_TEXTS)]
    for n in range(count):
        at, rare = _at(n, count), f" {RARE}" if n % 1_000 == 0 else ""
        for k in range(PER_CONVERSATION):
            yield {
                "id": uuid.UUID(int=((n * 10 + k + 1) << 64) | rng.getrandbits(62)),
                "workspace_id": workspace_id,
                "conversation_id": n + 1,
                "role": ("visitor", "agent")[k % 2],
                "text": rng.choice(texts) + rare,
                "created_at": at,
            }


def _leads(workspace_id: int, count: int) -> Iterator[dict[str, Any]]:
    for n in range(0, count, _LEADS_EVERY):
        at = _at(n, count)
        yield {
            "id": n + 1,
            "workspace_id": workspace_id,
            "conversation_id": n + 1,
            "email": f"visitor-{n}@shop.example",
            "created_at": at,
            "updated_at": at,
        }
