"""The pages of the inbox: lists, filters, search, thread, composer, canned replies."""

from datetime import timedelta
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import delete, select

from pitchbar.chat.models import Conversation, Lead, Message
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.inbox import panels
from pitchbar.inbox.canned import filled
from pitchbar.inbox.lists import LISTS, PER_PAGE, Asked, list_conversations
from pitchbar.inbox.models import CannedReply, ThreadNote
from pitchbar.inbox.notes import find_named, put_tag
from pitchbar.mailing.models import MailRecord
from pitchbar.workspaces.models import Workspace
from tests.agents.factories import make_agent
from tests.curation.factories import say
from tests.inbox.factories import make_held, make_thread, make_waiting
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, add_member, bearer, make_code, make_person, make_token
from tests.support.servers import on_both_databases


def page(people: People, path: str = "") -> str:
    return f"/w/{people.workspace.slug}/conversations{path}"


def found(workspace: Workspace, person_id: int = 0, **asked: Any) -> list[int]:
    return [one.id for one in list_conversations(workspace.id, person_id, Asked(**asked))[0]]


@on_both_databases
def test_each_list_has_what_belongs_there(people: People) -> None:
    workspace, later = people.workspace, clock.now() + timedelta(hours=1)
    open_ = make_thread(workspace).id
    waiting = make_waiting(workspace).id
    held = make_held(workspace, people.editor).id
    snoozed = make_thread(workspace, snoozed_until=later).id
    closed = make_thread(workspace, status="ended", is_unanswered=True).id
    make_thread(people.elsewhere, is_unanswered=True)
    lists = {name: set(found(workspace, people.editor.id, list=name)) for name in LISTS}
    assert lists == {
        "mine": {held},
        "waiting": {waiting},
        "open": {open_, waiting, held},
        "snoozed": {snoozed},
        "unanswered": {closed},
        "closed": {closed},
        "all": {open_, waiting, held, snoozed, closed},
    }


@on_both_databases
def test_filters_and_search_narrow_down(people: People) -> None:
    workspace = people.workspace
    spring = make_code(workspace, campaign="Spring").id
    make_code(people.elsewhere, campaign="Elsewhere")
    one, other = make_thread(workspace), make_thread(workspace, code_id=spring)
    say(other, "Is Träger_100% in stock?")
    put_tag(other, SYSTEM, "Sales")
    db.session.add(
        Lead(workspace_id=workspace.id, conversation_id=other.id, email="ada@mail.example")
    )
    db.session.commit()
    assert set(found(workspace)) == {one.id, other.id}
    fitting: tuple[dict[str, Any], ...] = (
        {"agent": other.agent_id},
        {"tag": "Sales"},
        {"code": spring},
        {"campaign": "Spring"},
        {"lead": True},
        {"q": "träger"},
        {"q": "stock träg"},
        {"q": "Ada@Mail.example"},
    )
    for asked in fitting:
        assert found(workspace, **asked) == [other.id], asked
    for words in ("bicycle", "%", "' | !", "& :*", "wh__ls", "wheels bicycle"):
        assert found(workspace, q=words) == [], words
    for asked in ({"tag": "x"}, {"agent": 10**18}, {"campaign": "Elsewhere"}, {"campaign": "s"}):
        assert found(workspace, **asked) == [], asked
    assert set(found(workspace, q="wheels")) == {one.id, other.id}


def test_menu_offers_codes_and_campaigns_of_the_workspace(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace, name="<b>Poster</b>", campaign="Spring")
    make_code(people.elsewhere, name="Strange", campaign="Elsewhere")
    make_thread(people.workspace, code_id=code.id)
    sign_in(client, people.analyst)
    shown = client.get(page(people)).text
    assert f'<option value="{code.id}">&lt;b&gt;Poster&lt;/b&gt;' in shown
    assert "<option>Spring" in shown
    assert "Strange" not in shown
    assert "Elsewhere" not in shown
    chosen = client.get(page(people, "?campaign=Spring")).text
    assert "<option selected>Spring" in chosen
    assert "inbox-row" in chosen
    nothing = client.get(page(people, "?campaign=Winter%00&code=0&tag=%00")).text
    assert "Nothing found" in nothing
    assert "<option selected>Winter" in nothing


def test_pages_follow_each_other_without_a_gap(people: People) -> None:
    agent, at = make_agent(people.workspace), clock.now()
    for number in range(PER_PAGE + 3):
        # Some at the very same moment.
        make_thread(people.workspace, agent, last_message_at=at - timedelta(minutes=number // 4))
    first, cursor = list_conversations(people.workspace.id, 0, Asked())
    rest, end = list_conversations(people.workspace.id, 0, Asked(after=cursor))
    assert (len(first), len(rest), end) == (PER_PAGE, 3, "")
    assert len({one.id for one in [*first, *rest]}) == PER_PAGE + 3
    for cursor in ("x", "%00", "MSAy", "aW5mIDE"):
        list_conversations(people.workspace.id, 0, Asked(after=cursor))


def test_thread_shows_all_as_text_and_marks_it_as_seen(client: FormClient, people: People) -> None:
    conversation = make_waiting(people.workspace)
    say(conversation, "<script>alert(1)</script>")
    conversation.last_message_at = clock.now()
    db.session.commit()
    path = page(people, f"/{conversation.public_id}")
    sign_in(client, people.editor)
    assert "is-unread" in client.get(page(people)).text
    shown = client.get(path).text
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert "Waits for a person" in shown
    assert "is-unread" not in client.get(page(people)).text
    client.submit(f"{path}/unseen")
    assert "is-unread" in client.get(page(people)).text


def test_thread_of_another_workspace_is_not_there(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    strange = make_thread(people.elsewhere)
    for path in ("", "/claim", "/messages", "/notes"):
        address = page(people, f"/{strange.public_id}{path}")
        answer = client.submit(address, {"text": "x"}) if path else client.get(address)
        assert answer.status_code == 404


def test_second_to_join_is_told_by_whom_it_was_taken(client: FormClient, people: People) -> None:
    conversation = make_held(people.workspace, people.editor)
    sign_in(client, people.owner)
    for act in ("claim", "messages", "closing", "return"):
        path = page(people, f"/{conversation.public_id}/{act}")
        answer = client.submit(path, {"text": "Hello"}, fragment=True)
        assert answer.status_code == 409
        assert f"{people.editor.name} has taken this conversation over" in answer.text


def test_refused_reply_keeps_what_was_typed(client: FormClient, people: People) -> None:
    conversation = make_held(people.workspace, people.owner)
    sign_in(client, people.owner)
    path = page(people, f"/{conversation.public_id}/messages")
    text = "A long story. " * 400
    for typed in (text, "x" * 100_000):
        refused = client.submit(path, {"text": typed}, fragment=True)
        assert refused.status_code == 422
        assert typed[:50] in refused.text
        assert "At most 4,000 characters" in refused.text
    whole = client.submit(path, {"text": text})
    assert (whole.status_code, text[:50] in whole.text) == (422, True)
    sent = client.submit(path, {"text": "Hello"}, fragment=True)
    assert (sent.status_code, "Hello" in sent.text) == (200, False)
    assert client.submit(path, {"text": "Hello again"}).status_code == 303


def test_who_is_named_in_a_note_is_mailed_and_no_other(client: FormClient, people: People) -> None:
    ann = add_member(people.workspace, "editor", make_person(name="Ann"))
    anna = add_member(people.workspace, "member", make_person(name="Ann Miller"))
    assert find_named(people.workspace.id, "@ann miller, look; not @annabel") == [anna]
    conversation = make_thread(people.workspace)
    sign_in(client, people.owner)
    path = page(people, f"/{conversation.public_id}/notes")
    text = f"@Ann: ours. @{people.owner.name} too, @{people.outsider.name} not"
    client.submit(path, {"text": text}, fragment=True)
    note = db.session.scalars(select(ThreadNote)).one()
    assert set(note.mentions) == {ann.id, people.owner.id}
    assert db.session.scalars(select(MailRecord.to)).all() == [ann.email]
    assert client.submit(path, {"text": " "}, fragment=True).status_code == 422


def test_canned_reply_tells_all_that_is_wrong_at_once(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    path = page(people, "/replies")
    typed = {"shortcut": "no spaces", "text": "Hello {{somebody}}"}
    refused = client.submit(path, typed)
    assert refused.status_code == 422
    for words in ("small letters", "There is no {{somebody}}", "no spaces"):
        assert words in refused.text
    kept = {"shortcut": "/Hello", "text": "Hello {{visitor}}, this is {{ me }} for {{agent}}."}
    assert client.submit(path, kept).status_code == 303
    one = db.session.scalars(select(CannedReply)).one()
    assert one.shortcut == "hello"
    names = {"agent": "Nora", "me": "Grace"}
    assert filled(one.text, visitor="Ada", **names) == "Hello Ada, this is Grace for Nora."
    assert filled(one.text, visitor="", **names) == "Hello, this is Grace for Nora."
    again = client.submit(path, kept)
    assert "Another reply has this shortcut" in again.text
    thread = make_thread(people.workspace)
    shown = client.get(page(people, f"/{thread.public_id}")).text
    assert f"this is {people.editor.name} for Helper" in shown


def test_snooze_is_by_the_clocks_of_the_workspace(client: FormClient, people: People) -> None:
    people.workspace.time_zone = "Asia/Tokyo"
    conversation = make_thread(people.workspace)
    sign_in(client, people.editor)
    path = page(people, f"/{conversation.public_id}/snooze")
    year = clock.now().year + 1
    for until in ("2001-01-01T09:00", "soon", f"{year + 1}-12-31T09:00"):
        assert client.submit(path, {"until": until}).status_code == 422
    until = (clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT09:00")
    assert client.submit(path, {"until": until}).status_code == 303
    db.session.rollback()
    kept = db.session.get_one(Conversation, conversation.id).snoozed_until
    assert kept
    assert kept.strftime("%Y-%m-%dT%H:%M") == f"{until[:11]}00:00"


def test_analyst_looks_and_answers_nobody(client: FormClient, people: People) -> None:
    conversation = make_waiting(people.workspace)
    sign_in(client, people.analyst)
    shown = client.get(page(people, f"/{conversation.public_id}")).text
    assert "data-composer" not in shown
    path = page(people, f"/{conversation.public_id}/messages")
    assert client.submit(path, {"text": "Hello"}).status_code == 403


def test_rooms_above_add_panels_beside_a_thread(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", [])
    panels.add_panel(panels.Panel(20, lambda _of, one: Markup("<p>Second {}</p>").format(one.id)))
    panels.add_panel(panels.Panel(10, lambda _of, _one: Markup("<p>First</p>")))
    conversation = make_thread(people.workspace)
    sign_in(client, people.editor)
    shown = client.get(page(people, f"/{conversation.public_id}")).text
    assert shown.index("<p>First</p>") < shown.index(f"<p>Second {conversation.id}</p>")


def test_what_moves_is_drawn_without_the_composer(client: FormClient, people: People) -> None:
    conversation = make_waiting(people.workspace)
    sign_in(client, people.editor)
    path = page(people, f"/fragments?thread={conversation.public_id}")
    drawn = client.get(path).text
    for part in ("inbox-lists", "inbox-rows", "thread-head", "lines", "inbox-waiting"):
        assert f'id="{part}"' in drawn
    assert 'id="composer"' not in drawn
    db.session.execute(delete(Conversation))
    db.session.commit()
    drawn = client.get(path).text
    assert "This conversation is gone" in drawn


def test_api_lists_and_shows(client: FormClient, people: People) -> None:
    first = make_held(people.workspace, people.editor)
    make_thread(people.workspace, status="ended")
    make_thread(people.elsewhere)
    headers = bearer(make_token(people.workspace, "read"))
    path = f"/api/v1/workspaces/{people.workspace.slug}/conversations"
    one = client.get(f"{path}?per_page=1", headers=headers).get_json()
    two = client.get(f"{path}?per_page=1&cursor={one['next_cursor']}", headers=headers).get_json()
    assert two["next_cursor"] is None
    ids = {one["data"][0]["id"], two["data"][0]["id"]}
    assert str(first.public_id) in ids
    assert len(ids) == 2
    (only,) = client.get(f"{path}?status=open", headers=headers).get_json()["data"]
    assert only["held_by"] == {"id": people.editor.id, "name": people.editor.name}
    assert {"id", "agent_id", "status", "messages", "origin"} <= only.keys()
    detail = client.get(f"{path}/{first.public_id}", headers=headers).get_json()
    assert [said["role"] for said in detail["transcript"]] == ["visitor", "agent"]
    assert client.get(f"{path}?cursor=x", headers=headers).status_code == 422
    strange = make_thread(people.elsewhere)
    assert client.get(f"{path}/{strange.public_id}", headers=headers).status_code == 404
    assert db.session.scalar(select(Message.id).limit(1))
