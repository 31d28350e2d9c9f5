from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.accounts.models import Person
from pitchbar.chat.models import partial_index
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# What stands beside the messages of a thread, for the team's eyes.
NOTE, SUMMARY, EVENT = "note", "summary", "event"


class ThreadNote(Model):
    """A note of somebody, the summary of a hand-back, or that something was done."""

    __tablename__ = "thread_notes"
    __table_args__ = (Index("ix_thread_notes_of_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # None where nobody in person did it, and where their account is gone.
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey(Person.id, ondelete="SET NULL"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16), default=NOTE)
    text: Mapped[str] = mapped_column(Text)
    # Ids of the members who are named in it.
    mentions: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class NoteMention(Model):
    """That a note names a member, until they have seen it: their bell rings."""

    __tablename__ = "note_mentions"
    __table_args__ = (
        partial_index("ix_note_mentions_unseen", "person_id, workspace_id, id", "seen_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    note_id: Mapped[int] = mapped_column(
        ForeignKey("thread_notes.id", ondelete="CASCADE"), index=True
    )
    conversation_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ThreadSeen(Model):
    """Up to when somebody has seen a conversation."""

    __tablename__ = "thread_seen"

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    workspace_id: Mapped[int] = mapped_column(BigId)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Tag(Model):
    """A word that the team puts on conversations."""

    __tablename__ = "inbox_tags"
    __table_args__ = (UniqueConstraint("workspace_id", "name", name="uq_inbox_tags_name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))


class TagUse(Model):
    __tablename__ = "conversation_tags"
    __table_args__ = (Index("ix_conversation_tags_of_tag", "tag_id", "conversation_id"),)

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("inbox_tags.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[int] = mapped_column(BigId)


class CannedReply(Model):
    """Something that is said often: found by its shortcut, with names filled in."""

    __tablename__ = "canned_replies"
    __table_args__ = (
        UniqueConstraint("workspace_id", "shortcut", name="uq_canned_replies_shortcut"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # In lower case, without the slash.
    shortcut: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("canned_reply", self.id, f"/{self.shortcut}", self.workspace_id)

    @property
    def values(self) -> dict[str, Any]:
        return {"shortcut": self.shortcut, "text": self.text}


class OnCall(Model):
    """Whether a member is mailed when a visitor wants a person; without one, the role says."""

    __tablename__ = "inbox_on_call"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    is_on_call: Mapped[bool] = mapped_column()
