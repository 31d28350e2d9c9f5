"""What was said, in a few lines, made without a model: who said how much, the last question, and
whether it was answered.
"""

from sqlalchemy import func, select

from pitchbar.chat.models import AGENT, PERSON, VISITOR, Conversation, Message
from pitchbar.chat.queries import names_of
from pitchbar.chat.turning import NOTICE
from pitchbar.extensions import db

_LONGEST = 280


def summarise(conversation: Conversation) -> str:
    return "\n".join([_who_said_how_much(conversation), *_last_question(conversation)])


def _who_said_how_much(conversation: Conversation) -> str:
    counting = select(Message.role, Message.author_id, func.count().label("said")).where(
        Message.conversation_id == conversation.id
    )
    rows = db.session.execute(counting.group_by(Message.role, Message.author_id)).all()
    names = names_of([row.author_id for row in rows if row.author_id])
    order = {VISITOR: 0, AGENT: 1, PERSON: 2}
    said = []
    for row in sorted(rows, key=lambda one: (order.get(one.role, 3), one.author_id or 0)):
        who = {VISITOR: "the visitor", AGENT: "the agent"}.get(row.role)
        said.append(f"{who or names.get(row.author_id, 'a person')} {row.said}")
    total = sum(row.said for row in rows)
    minutes = (conversation.last_message_at - conversation.started_at).total_seconds() / 60
    lasted = f" over {minutes:.0f} min" if minutes >= 1 else ""
    words = "message" if total == 1 else "messages"
    return f"{total} {words}{lasted}: {', '.join(said)}." if said else "Nothing was said yet."


def _last_question(conversation: Conversation) -> list[str]:
    mine = select(Message).where(Message.conversation_id == conversation.id)
    asked = db.session.scalars(
        mine.where(Message.role == VISITOR).order_by(Message.id.desc()).limit(1)
    ).first()
    if asked is None:
        return []
    after = db.session.scalars(
        mine.where(Message.id > asked.id, Message.role != VISITOR).order_by(Message.id.desc())
    ).first()
    text = " ".join(asked.text.split())
    text = f"{text[:_LONGEST].rstrip()}…" if len(text) > _LONGEST else text
    return [f"Last question: “{text}”", _how_answered(after)]


def _how_answered(answer: Message | None) -> str:
    if answer is None:
        return "It has no answer yet."
    if answer.role == PERSON:
        name = names_of([answer.author_id or 0]).get(answer.author_id or 0, "a person")
        return f"Answered by {name}."
    if answer.mode == NOTICE:
        # As beyond the plan: it said that it does not answer.
        return "It has no answer yet."
    return "The agent did not know." if answer.is_refused else "Answered by the agent."
