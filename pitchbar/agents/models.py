from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject


class Agent(Model):
    """Answers visitors' questions from sources.

    What visitors meet is the version that is published; what is edited is the draft. Origins and
    paths where it may be embedded belong to neither: they act at once.
    """

    __tablename__ = "agents"
    __table_args__ = (
        Index("ix_agents_workspace_id", "workspace_id", "id"),
        UniqueConstraint("public_id", name="uq_agents_public_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # What pages that embed it, and addresses of its chat, call it.
    public_id: Mapped[str] = mapped_column(String(32))
    # As in the draft, for lists.
    name: Mapped[str] = mapped_column(String(80))
    # An `AgentConfig`.
    draft: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # `scheme://host[:port]`, `scheme://*.host` or `*`; none lets nobody in.
    allowed_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Beginnings of paths on which it does not show itself.
    restricted_paths: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Whether it has a page of its own, where anybody may ask it; acts at once, too.
    has_page: Mapped[bool] = mapped_column(default=True, server_default=true())
    # None while it is a draft only, or was taken back; no key of the database's, as each needs the
    # other.
    published_version_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("agent", self.id, self.name, self.workspace_id)

    @property
    def is_published(self) -> bool:
        return self.published_version_id is not None


class AgentVersion(Model):
    """An agent as it was published once; never changed."""

    __tablename__ = "agent_versions"
    __table_args__ = (UniqueConstraint("agent_id", "number", name="uq_agent_versions_agent_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    config: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # In a person's words, for the list; a name may be gone by then.
    published_by: Mapped[str] = mapped_column(String(120), default="")
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
