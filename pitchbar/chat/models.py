import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

OPEN, ENDED = "open", "ended"
# Who says something.
VISITOR, AGENT, PERSON = "visitor", "agent", "person"
UP, DOWN = "up", "down"
# By what a conversation is held: the widget on a customer's page, or the agent's own page.
WIDGET, PAGE = "widget", "page"

_IS_HELD = "taken_over_by IS NOT NULL"
_IS_ASKED = "human_requested_at IS NOT NULL"
_IS_SNOOZED = "snoozed_until IS NOT NULL"
_IS_UNANSWERED = "is_unanswered"
_HAS_CODE = "code_id IS NOT NULL"


def partial_index(name: str, columns: str, condition: str) -> Index:
    """Of those rows alone of which there are few."""
    where = text(condition)
    return Index(name, *columns.split(", "), sqlite_where=where, postgresql_where=where)


class Visitor(Model):
    """Somebody's browser on the pages of one workspace; who that is, nobody knows."""

    __tablename__ = "chat_visitors"
    __table_args__ = (
        UniqueConstraint("workspace_id", "public_id", name="uq_chat_visitors_public_id"),
        # For what forgets those that have not been seen for long.
        Index("ix_chat_visitors_seen_at", "seen_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # Opens nothing by itself: what the browser keeps is signed.
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Conversation(Model):
    """What a visitor and an agent said to each other. It is there from its first message on."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("public_id", name="uq_conversations_public_id"),
        Index("ix_conversations_of_workspace", "workspace_id", "last_message_at"),
        Index("ix_conversations_of_agent", "agent_id", "last_message_at"),
        Index("ix_conversations_of_visitor", "visitor_id", "last_message_at"),
        Index("ix_conversations_of_scan", "scan_id"),
        Index("ix_conversations_begun_by_code", "code_id", "started_at"),
        # For figures of a span.
        Index("ix_conversations_started_at", "workspace_id", "started_at"),
        # For what ends those that have fallen silent.
        Index("ix_conversations_status", "status", "last_message_at"),
        # For what forgets the old ones of all workspaces.
        Index("ix_conversations_last_message_at", "last_message_at"),
        # The lists of the inbox.
        Index("ix_conversations_of_state", "workspace_id", "status", "last_message_at"),
        partial_index("ix_conversations_held", "workspace_id, taken_over_by", _IS_HELD),
        partial_index("ix_conversations_asked", "workspace_id, human_requested_at", _IS_ASKED),
        partial_index("ix_conversations_snoozed", "workspace_id, snoozed_until", _IS_SNOOZED),
        partial_index("ix_conversations_of_code", "code_id, last_message_at", _HAS_CODE),
        partial_index(
            "ix_conversations_unanswered", "workspace_id, last_message_at", _IS_UNANSWERED
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Minted before the row is there, as the widget names it from the start.
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # Without a foreign key: it stays when its agent goes.
    agent_id: Mapped[int] = mapped_column(BigId)
    # The number of the published version that answered last.
    agent_version: Mapped[int | None] = mapped_column()
    visitor_id: Mapped[int] = mapped_column(ForeignKey("chat_visitors.id", ondelete="CASCADE"))
    # "open" or "ended".
    status: Mapped[str] = mapped_column(String(16), default=OPEN)
    # "widget" or "page".
    channel: Mapped[str] = mapped_column(String(16), default=WIDGET, server_default=WIDGET)
    # Where it began, without what may name somebody: no query, no fragment.
    page_url: Mapped[str] = mapped_column(String(2048), default="")
    # As the visitor's browser says it, such as `de`; empty where it does not.
    language: Mapped[str] = mapped_column(String(16), default="")
    # The scan by which the visitor came, and its code; without foreign keys, as scans are not kept.
    scan_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    code_id: Mapped[int | None] = mapped_column(BigId)
    # The last pages the visitor was on, each with `url` (without query) and `at`.
    pages: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    # When the visitor agreed to what the agent asks for before the chat.
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when the visitor waits for a person; None again once that is over.
    human_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When a person was first asked for, or came by themselves; it stays.
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The person who answers in the agent's place; None while the agent does.
    taken_over_by: Mapped[int | None] = mapped_column(BigId)
    # When a person took it over for the first time.
    first_claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Out of the way until then, or until the visitor writes.
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last answer was a refusal, or nobody came, and no person has spoken since.
    is_unanswered: Mapped[bool] = mapped_column(default=False, server_default=false())
    # It began when the plan had no more of the month, so its agent does not answer.
    is_beyond_plan: Mapped[bool] = mapped_column(default=False, server_default=false())
    messages: Mapped[int] = mapped_column(default=0)
    # Of its questions: those that the agent answered, and those that it refused.
    answered: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    # What the visitor thought of the whole: "up" or "down", and a few words.
    feedback: Mapped[str | None] = mapped_column(String(8))
    feedback_text: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_message_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def subject(self) -> Subject:
        return Subject("conversation", self.id, f"Conversation {self.id}", self.workspace_id)


class Message(Model):
    """One thing that was said. Ids grow with time, as the server mints them (UUIDs of version 7).

    From `mode` to `curated_id` it tells how an agent's answer came about.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (
        Index("ix_chat_messages_of_conversation", "conversation_id", "id"),
        Index("ix_chat_messages_of_workspace", "workspace_id", "created_at"),
        # PostgreSQL has `ix_chat_messages_words` as well, for the inbox's search (migration 0045).
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # "visitor", "agent" or "person".
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Who of the workspace wrote it, where a person did; their name is that of their account.
    author_id: Mapped[int | None] = mapped_column(BigId)
    # "llm", "extractive", "curated"; "person" where the visitor asked for one; empty otherwise.
    mode: Mapped[str] = mapped_column(String(16), default="")
    # Each with n, url, title and quote.
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    low_confidence: Mapped[bool] = mapped_column(default=False)
    is_refused: Mapped[bool] = mapped_column(default=False)
    # The visitor left, or something failed, before it was whole.
    is_broken_off: Mapped[bool] = mapped_column(default=False)
    # What the visitor was offered: "person", "lead_form".
    offers: Mapped[list[str]] = mapped_column(JSON, default=list)
    # From the question to the whole answer, and to its first word.
    latency_ms: Mapped[int | None] = mapped_column()
    first_token_ms: Mapped[int | None] = mapped_column()
    # What was searched for: the visitor's words, joined with what they lean on.
    question: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[float | None] = mapped_column(Float)
    # Of the chunks that were found, best first.
    chunk_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    curated_id: Mapped[int | None] = mapped_column(BigId)
    # "up" or "down", and a few words.
    feedback: Mapped[str | None] = mapped_column(String(8))
    feedback_text: Mapped[str] = mapped_column(Text, default="")
    feedback_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lead(Model):
    """A visitor who wants to hear from the workspace; one of each conversation."""

    __tablename__ = "chat_leads"
    __table_args__ = (
        UniqueConstraint("conversation_id", name="uq_chat_leads_conversation_id"),
        Index("ix_chat_leads_of_workspace", "workspace_id", "created_at"),
        Index("ix_chat_leads_email", "workspace_id", "email"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # In lower case.
    email: Mapped[str] = mapped_column(
        String(254), info={"forgotten": "with the visitor, the address or the workspace"}
    )
    name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(
        String(64), default="", info={"forgotten": "with the visitor, the address or the workspace"}
    )
    # What else the form asked for, by name.
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class WaitingTurn(Model):
    """A turn that is over and not yet among the messages: written in one transaction with the job
    that puts it there, which has its id alone, so that the ledger holds nothing of visitors.
    """

    __tablename__ = "chat_turns"
    __table_args__ = (Index("ix_chat_turns_of_conversation", "conversation_id"),)

    # Of the answer's message.
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # Both public.
    conversation_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    visitor_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    # A `KeptTurn` as JSON. A newer release may write more; what is not known is left alone.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class WidgetDay(Model):
    """How often visitors did something with an agent's widget on a day of the workspace."""

    __tablename__ = "widget_days"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    agent_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    # See `chat/widget_events.py`.
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
