"""Who is named in a note is mailed and hears the bell, until they have looked."""

from typing import Any

from sqlalchemy import select

from pitchbar.alerts.bell import load_bell
from pitchbar.chat.models import Conversation
from pitchbar.extensions import bus, db
from pitchbar.inbox.mailing import NAMED
from pitchbar.inbox.models import NoteMention
from pitchbar.inbox.notes import write_note
from pitchbar.mailing.models import MailRecord
from pitchbar.workspaces.mailing_lists.links import Subscription
from pitchbar.workspaces.mailing_lists.services import refuse_list
from tests.inbox.factories import actor_of, make_thread
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.servers import on_both_databases


def name_in_note(conversation: Conversation, people: People, text: str) -> None:
    write_note(conversation, people.owner, actor_of(people.owner), text)
    db.session.commit()


def mailed() -> set[str]:
    return set(db.session.scalars(select(MailRecord.to)))


@on_both_databases
def test_bell_rings_for_who_is_named_and_for_nobody_else(people: People) -> None:
    workspace = people.workspace
    heard: list[dict[str, Any]] = []
    forget = bus.subscribe("alerts", heard.append)
    first, second = make_thread(workspace), make_thread(workspace)
    name_in_note(first, people, f"@{people.editor.name}, and I, @{people.owner.name}")
    name_in_note(second, people, f"Look, @{people.editor.name}")
    forget()
    bell = load_bell(workspace.id, people.editor.id)
    assert bell.count == "2"
    assert [one.url.rpartition("/")[2] for one in bell.own] == [
        str(second.public_id),
        str(first.public_id),
    ]
    assert heard == [{"workspace_id": workspace.id}] * 2
    for other in (people.owner, people.admin):
        assert load_bell(workspace.id, other.id).count == ""
    assert load_bell(people.elsewhere.id, people.editor.id).count == ""


def test_bell_is_quiet_once_they_have_looked(client: FormClient, people: People) -> None:
    conversation, other = make_thread(people.workspace), make_thread(people.workspace)
    for one in (conversation, other):
        name_in_note(one, people, f"@{people.editor.name}, can you answer?")
    sign_in(client, people.editor)
    inbox = f"/w/{people.workspace.slug}/conversations"
    assert f"{people.owner.name} named you in a note" in client.get(inbox).text
    client.get(f"{inbox}/{conversation.public_id}")
    assert load_bell(people.workspace.id, people.editor.id).count == "1"
    client.submit(f"/w/{people.workspace.slug}/alerts/seen")
    assert load_bell(people.workspace.id, people.editor.id).count == ""
    assert "named you" not in client.get(inbox).text


def test_who_wants_no_such_mail_gets_none_and_still_hears_the_bell(people: People) -> None:
    workspace = people.workspace
    refuse_list(Subscription(workspace.id, people.editor.email, NAMED))
    note = f"@{people.editor.name} @{people.admin.name}"
    name_in_note(make_thread(workspace), people, note)
    assert mailed() == {people.admin.email}
    assert load_bell(workspace.id, people.editor.id).count == "1"


def test_mentions_go_with_the_note(people: People) -> None:
    conversation = make_thread(people.workspace)
    name_in_note(conversation, people, f"@{people.editor.name}")
    db.session.delete(conversation)
    db.session.commit()
    assert db.session.scalars(select(NoteMention)).all() == []
    assert load_bell(people.workspace.id, people.editor.id).count == ""
