import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

NEW, CONTACTED, QUALIFIED, WON, LOST = "new", "contacted", "qualified", "won", "lost"
# In the order of the board.
STATUSES = {
    NEW: "New",
    CONTACTED: "Contacted",
    QUALIFIED: "Qualified",
    WON: "Won",
    LOST: "Lost",
}
_GOES = {"forgotten": "with the visitor, the address or the workspace"}


class Lead(Model):
    """A person who left an address with an agent: one in a workspace for each address."""

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("workspace_id", "email", name="uq_leads_email"),
        Index("ix_leads_of_workspace", "workspace_id", "id"),
        Index("ix_leads_score", "workspace_id", "score", "id"),
        Index("ix_leads_status", "workspace_id", "status", "id"),
        Index("ix_leads_code_id", "code_id", "created_at"),
        # For what forgets the old ones of all workspaces.
        Index("ix_leads_last_at", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # In lower case.
    email: Mapped[str] = mapped_column(String(254), info=_GOES)
    name: Mapped[str] = mapped_column(String(200), default="", info=_GOES)
    phone: Mapped[str] = mapped_column(String(64), default="", info=_GOES)
    # What else forms asked for, by name.
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    # A key of STATUSES.
    status: Mapped[str] = mapped_column(String(16), default=NEW)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    # 0 to 100, and what it is made of: each with `key` and `points` (`leads/scoring.py`).
    score: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # Of the conversation in which they left their address first; the scan that led there and its
    # code without foreign keys, as scans are not kept.
    agent_id: Mapped[int] = mapped_column(BigId)
    code_id: Mapped[int | None] = mapped_column(BigId)
    scan_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # When something was heard of them last, or somebody worked on them.
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        # Not by name or address: what is written down of it stays longer than it does.
        return Subject("lead", self.id, f"Lead {self.id}", self.workspace_id)

    @property
    def shown_name(self) -> str:
        return self.name or self.email


class LeadConversation(Model):
    """In which conversations a lead left their address; each has one lead at most."""

    __tablename__ = "lead_conversations"
    __table_args__ = (Index("ix_lead_conversations_lead_id", "lead_id"),)

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    workspace_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class LeadNote(Model):
    """What somebody of the workspace wrote down about a lead."""

    __tablename__ = "lead_notes"
    __table_args__ = (Index("ix_lead_notes_lead_id", "lead_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
