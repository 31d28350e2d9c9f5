"""What migrations make of conversations from before the inbox and before people were leads."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask

from pitchbar.extensions import db
from tests.support.factories import People
from tests.support.migrating import add_rows, read_rows
from tests.support.servers import on_both_databases

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


def downgrade(config: Config, revision: str) -> None:
    db.session.remove()
    command.downgrade(config, revision)


def uuid_of(number: int) -> Any:
    """As the reflected column of either database takes it."""
    found = UUID(int=number)
    return found.hex if db.engine.dialect.name == "sqlite" else found


def talk(number: int, workspace_id: int, **more: Any) -> dict[str, Any]:
    at = AT + timedelta(hours=number)
    return {
        "id": number,
        "public_id": uuid_of(number),
        "workspace_id": workspace_id,
        "agent_id": 7,
        "visitor_id": 1,
        "status": "open",
        "page_url": "",
        "language": "",
        "messages": 2,
        "feedback_text": "",
        "started_at": at,
        "last_message_at": at,
        **more,
    }


def said(number: int, conversation: int, role: str, *, is_refused: bool = False) -> dict[str, Any]:
    return {
        "id": uuid_of(number),
        "workspace_id": 1,
        "conversation_id": conversation,
        "role": role,
        "text": "x",
        "created_at": AT,
        "mode": "",
        "citations": [],
        "low_confidence": False,
        "is_refused": is_refused,
        "is_broken_off": False,
        "offers": [],
        "question": "",
        "chunk_ids": [],
        "feedback_text": "",
    }


def form(number: int, conversation: int, email: str, **more: Any) -> dict[str, Any]:
    at = AT + timedelta(days=number)
    return {
        "id": number,
        "workspace_id": 1,
        "conversation_id": conversation,
        "email": email,
        "name": "",
        "phone": "",
        "fields": {},
        "created_at": at,
        "updated_at": at,
        **more,
    }


def add_visitor(workspace_id: int) -> None:
    row = {"id": 1, "workspace_id": workspace_id, "public_id": uuid_of(1)}
    add_rows("chat_visitors", {**row, "created_at": AT, "seen_at": AT})


@on_both_databases
def test_forms_of_before_become_one_lead_for_each_address(config: Config, people: People) -> None:
    mine, other = people.workspace.id, people.elsewhere.id
    downgrade(config, "0045")
    add_visitor(mine)
    add_rows(
        "conversations",
        talk(1, mine, code_id=5, scan_id=uuid_of(99)),
        talk(2, mine),
        talk(3, mine, code_id=6),
        talk(4, other),
    )
    add_rows(
        "chat_leads",
        form(1, 1, "ada@mail.example", name="A.", workspace_id=mine),
        form(
            2,
            3,
            "ada@mail.example",
            name="Ada",
            phone="1",
            fields={"Firm": "Mill"},
            workspace_id=mine,
        ),
        form(3, 2, "grace@mail.example", workspace_id=mine),
        form(4, 4, "ada@mail.example", name="Other", workspace_id=other),
    )
    command.upgrade(config, "head")
    leads = {(one["workspace_id"], one["email"]): one for one in read_rows("leads")}
    assert set(leads) == {
        (mine, "ada@mail.example"),
        (mine, "grace@mail.example"),
        (other, "ada@mail.example"),
    }
    ada = leads[mine, "ada@mail.example"]
    # As the newest form says it, and from where the oldest conversation came.
    assert (ada["name"], ada["phone"], ada["fields"]) == ("Ada", "1", {"Firm": "Mill"})
    assert (ada["code_id"], UUID(str(ada["scan_id"]))) == (5, UUID(int=99))
    assert (ada["status"], ada["score"]) == ("new", 20)
    assert ada["reasons"] == [{"key": "address", "points": 20}]
    days = [ada[name].replace(tzinfo=UTC) - AT for name in ("created_at", "last_at")]
    assert days == [timedelta(days=1), timedelta(days=2)]
    links = {(one["conversation_id"], one["lead_id"]) for one in read_rows("lead_conversations")}
    assert links == {
        (1, ada["id"]),
        (3, ada["id"]),
        (2, leads[mine, "grace@mail.example"]["id"]),
        (4, leads[other, "ada@mail.example"]["id"]),
    }


@on_both_databases
def test_refused_last_answers_of_before_are_unanswered(config: Config, people: People) -> None:
    mine = people.workspace.id
    downgrade(config, "0047")
    add_visitor(mine)
    # Further than one step of the migration apart.
    refused, answered, answered_later, taken, by_person, touched = 1, 2, 25_003, 4, 5, 6
    add_rows(
        "conversations",
        *(talk(number, mine) for number in (refused, answered, by_person, touched, 25_003)),
        talk(taken, mine, first_claimed_at=AT),
        talk(30_001, mine),
    )
    add_rows(
        "chat_messages",
        *(said(100 + n, n, "agent", is_refused=True) for n in (refused, taken, by_person, touched)),
        said(102, answered, "agent"),
        said(103, answered_later, "agent", is_refused=True),
        said(203, answered_later, "visitor"),
        said(303, answered_later, "agent"),
        said(205, by_person, "person"),
        said(207, 30_001, "agent", is_refused=True),
        said(208, 30_001, "visitor"),
    )
    note = {"id": 1, "workspace_id": mine, "conversation_id": touched, "kind": "event"}
    add_rows("thread_notes", {**note, "text": "closed", "mentions": [], "created_at": AT})
    command.upgrade(config, "head")
    found = {one["id"] for one in read_rows("conversations") if one["is_unanswered"]}
    assert found == {refused, 30_001}
