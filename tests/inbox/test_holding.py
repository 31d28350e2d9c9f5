"""Who holds a conversation: claimed by one, given on, given back, not lost with its holder."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.chat.models import PERSON, Conversation, Message, Visitor
from pitchbar.chat.tasks import end_conversations
from pitchbar.core import clock
from pitchbar.core.personal_data import Whom, list_holdings_to_erase
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.inbox import holding, states
from pitchbar.inbox.errors import ConversationGone, HeldByAnother, InvalidSnooze, NotHeld
from pitchbar.inbox.models import EVENT, SUMMARY, OnCall, ThreadNote
from pitchbar.inbox.replying import reply
from pitchbar.inbox.tasks import mail_on_call, release_requests, wake_snoozed
from pitchbar.mailing.models import MailRecord
from pitchbar.webhooks.models import Fact
from pitchbar.workspaces.members.services import change_role, leave_workspace
from pitchbar.workspaces.models import Membership
from tests.inbox.factories import actor_of, make_held, make_thread, make_waiting
from tests.support.factories import People
from tests.support.servers import on_both_databases
from tests.webhooks.factories import make_endpoint


def again(conversation: Conversation) -> Conversation:
    db.session.rollback()
    return db.session.get_one(Conversation, conversation.id)


def notes_of(conversation: Conversation, kind: str) -> list[str]:
    mine = select(ThreadNote.text).where(ThreadNote.conversation_id == conversation.id)
    return list(db.session.scalars(mine.where(ThreadNote.kind == kind).order_by(ThreadNote.id)))


def member(people: People, person: Person) -> Membership:
    mine = select(Membership).where(Membership.person_id == person.id)
    return db.session.scalars(mine.where(Membership.workspace_id == people.workspace.id)).one()


@on_both_databases
def test_of_two_who_claim_at_once_one_wins_and_the_other_hears_by_whom(
    app: Flask, people: People
) -> None:
    conversation = make_waiting(people.workspace)
    conversation_id, ids = conversation.id, [people.owner.id, people.editor.id]
    start, came = threading.Barrier(2), dict[int, str]()

    def take(person_id: int) -> None:
        with app.app_context():
            one = db.session.get_one(Conversation, conversation_id)
            person = db.session.get_one(Person, person_id)
            db.session.commit()
            start.wait()
            try:
                holding.claim(one, person, actor_of(person))
                db.session.commit()
                came[person_id] = "won"
            except HeldByAnother as error:
                came[person_id] = error.message
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(one,)) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    winner = next(one for one, said in came.items() if said == "won")
    loser = next(one for one in ids if one != winner)
    name = db.session.get_one(Person, winner).name
    assert came[loser] == f"{name} has taken this conversation over."
    found = again(conversation)
    assert found.taken_over_by == winner
    assert found.first_claimed_at is not None
    assert notes_of(found, EVENT) == ["joined the conversation"]


def test_claim_is_told_and_a_second_of_the_same_changes_nothing(people: People) -> None:
    make_endpoint(people.workspace, "https://hook.example/in", "conversation.claimed")
    conversation = make_waiting(people.workspace)
    for _ in range(2):
        holding.claim(conversation, people.editor, actor_of(people.editor))
        db.session.commit()
    (fact,) = db.session.scalars(select(Fact)).all()
    assert fact.items[0]["claimed_by"] == {"id": people.editor.id, "name": people.editor.name}


def test_whose_role_answers_nobody_cannot_claim(people: People) -> None:
    conversation = make_waiting(people.workspace)
    with pytest.raises(DomainError):
        holding.claim(conversation, people.analyst, actor_of(people.analyst))
    assert again(conversation).taken_over_by is None


def test_reply_joins_first_and_is_the_persons_own(people: People) -> None:
    conversation = make_waiting(people.workspace)
    conversation.is_unanswered = True
    message = reply(conversation, people.editor, actor_of(people.editor), " Hello.\r\nI am here. ")
    db.session.commit()
    assert (message.role, message.author_id) == (PERSON, people.editor.id)
    assert message.text == "Hello.\nI am here."
    found = again(conversation)
    assert (found.taken_over_by, found.messages, found.is_unanswered) == (
        people.editor.id,
        3,
        False,
    )
    newest = select(Message.id).order_by(Message.id.desc()).limit(1)
    assert db.session.scalar(newest) == message.id
    with pytest.raises(HeldByAnother):
        reply(found, people.owner, actor_of(people.owner), "Me, too")


def test_nobody_replies_in_what_was_deleted_meanwhile(people: People) -> None:
    conversation = make_held(people.workspace, people.editor)
    visitor = make_visitor_hex(conversation)
    for one in list_holdings_to_erase():
        one.erase(db.session(), people.workspace.id, Whom(visitor=visitor))
    with pytest.raises(ConversationGone):
        reply(conversation, people.editor, actor_of(people.editor), "Hello")
    db.session.commit()
    assert db.session.scalars(select(Message)).all() == []
    assert db.session.scalars(select(ThreadNote)).all() == []


def make_visitor_hex(conversation: Conversation) -> str:
    return db.session.get_one(Visitor, conversation.visitor_id).public_id.hex


def test_handed_back_the_agent_answers_and_a_note_sums_up(people: People) -> None:
    conversation = make_held(people.workspace, people.editor)
    reply(conversation, people.editor, actor_of(people.editor), "We do, in two sizes.")
    with pytest.raises(HeldByAnother):
        holding.hand_back(conversation, people.owner, actor_of(people.owner))
    holding.hand_back(conversation, people.editor, actor_of(people.editor))
    db.session.commit()
    found = again(conversation)
    assert (found.taken_over_by, found.human_requested_at) == (None, None)
    (summary,) = notes_of(found, SUMMARY)
    first, question, answered = summary.splitlines()
    assert first == f"3 messages: the visitor 1, the agent 1, {people.editor.name} 1."
    assert question == "Last question: “Do you sell spare wheels?”"
    assert answered == f"Answered by {people.editor.name}."
    with pytest.raises(NotHeld):
        holding.hand_back(found, people.editor, actor_of(people.editor))


def test_given_to_another_member_who_is_mailed(people: People) -> None:
    conversation = make_held(people.workspace, people.owner)
    with pytest.raises(DomainError):
        holding.transfer(conversation, people.owner, people.member, actor_of(people.owner))
    holding.transfer(conversation, people.owner, people.editor, actor_of(people.owner))
    db.session.commit()
    assert again(conversation).taken_over_by == people.editor.id
    assert db.session.scalars(select(MailRecord.to)).all() == [people.editor.email]


@pytest.mark.parametrize("how", ["role", "leaves"])
def test_who_answers_no_more_gives_back_what_they_hold(people: People, how: str) -> None:
    conversation = make_held(people.workspace, people.editor)
    elsewhere = make_held(people.elsewhere, people.editor)
    before = conversation.human_requested_at
    editor = member(people, people.editor)
    if how == "role":
        change_role(editor, "analyst", actor_of(people.owner), by_role="owner")
    else:
        leave_workspace(editor, actor_of(people.editor))
    db.session.commit()
    found = again(conversation)
    assert found.taken_over_by is None
    assert before
    assert found.human_requested_at
    assert found.human_requested_at > before
    assert again(elsewhere).taken_over_by == people.editor.id


def test_closed_opened_again_and_never_over_the_head_of_its_holder(people: People) -> None:
    conversation = make_held(people.workspace, people.editor)
    with pytest.raises(HeldByAnother):
        states.close(conversation, people.owner, actor_of(people.owner))
    states.close(conversation, people.editor, actor_of(people.editor))
    assert (conversation.status, conversation.taken_over_by) == ("ended", None)
    states.reopen(conversation, people.owner, actor_of(people.owner))
    assert (conversation.status, conversation.ended_at) == ("open", None)


def test_snoozed_comes_back_by_itself_and_is_not_ended_meanwhile(people: People) -> None:
    old = clock.now() - timedelta(days=3)
    conversation = make_thread(people.workspace, last_message_at=old)
    with pytest.raises(InvalidSnooze):
        states.snooze(conversation, people.editor, actor_of(people.editor), old)
    until = clock.now() + timedelta(hours=1)
    states.snooze(conversation, people.editor, actor_of(people.editor), until)
    db.session.commit()
    end_conversations()
    assert again(conversation).status == "open"
    again(conversation).snoozed_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    wake_snoozed()
    assert again(conversation).snoozed_until is None


def test_request_that_nobody_took_is_released_and_a_taken_one_is_not(people: People) -> None:
    old = clock.now() - timedelta(minutes=6)
    waiting = make_thread(people.workspace, human_requested_at=old)
    held = make_thread(people.workspace, human_requested_at=old, taken_over_by=people.owner.id)
    fresh = make_waiting(people.workspace)
    release_requests()
    found = again(waiting)
    assert (found.human_requested_at, found.is_unanswered) == (None, True)
    assert again(held).human_requested_at == old
    assert again(fresh).human_requested_at is not None


def test_those_on_call_are_mailed_unless_somebody_came(people: People) -> None:
    workspace = people.workspace
    db.session.add(OnCall(workspace_id=workspace.id, person_id=people.owner.id, is_on_call=False))
    db.session.add(OnCall(workspace_id=workspace.id, person_id=people.editor.id, is_on_call=True))
    # Whose role does not answer is not mailed, whatever they chose.
    db.session.add(OnCall(workspace_id=workspace.id, person_id=people.member.id, is_on_call=True))
    mail_on_call(make_held(workspace, people.owner).public_id.hex)
    assert db.session.scalars(select(MailRecord)).all() == []
    mail_on_call(make_waiting(workspace).public_id.hex)
    mailed = set(db.session.scalars(select(MailRecord.to)))
    assert mailed == {people.admin.email, people.editor.email}
