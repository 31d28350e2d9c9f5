from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.tokens import new_pixel_key
from pitchbar.events.subjects import Subject
from pitchbar.workspaces.plans import FREE

# How long a deletion can be undone.
UNDO_DAYS = 7


class Workspace(Model):
    """A purged one keeps its row, empty: its codes' short codes are never given to others."""

    __tablename__ = "workspaces"
    __table_args__ = (Index("uq_workspaces_pixel_key", "pixel_key", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(String(48), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    plan: Mapped[str] = mapped_column(String(16), default=FREE)
    # Scans beyond the plan are recorded too, and paid for one by one.
    records_overage: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    default_utm_source: Mapped[str] = mapped_column(String(255), default="")
    default_utm_medium: Mapped[str] = mapped_column(String(255), default="")
    default_error_correction: Mapped[str] = mapped_column(String(1), default="M")
    fallback_url: Mapped[str] = mapped_column(String(2048), default="")
    # "#0f7b5f", for the pages that visitors see; empty for ours.
    colour: Mapped[str] = mapped_column(String(7), default="", server_default="")
    # In the addresses of its pixel, where everybody can read it.
    pixel_key: Mapped[str | None] = mapped_column(String(32), default=new_pixel_key)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    guide_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deletion_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def purge_at(self) -> datetime | None:
        """When all of it goes, once its deletion was asked for."""
        return self.deletion_asked_at and self.deletion_asked_at + timedelta(days=UNDO_DAYS)

    @property
    def subject(self) -> Subject:
        return Subject("workspace", self.id, self.name, self.id)

    @property
    def offer_mail_reference(self) -> str:
        """Under which the mail log keeps the messages that offer the ownership."""
        return f"ownership:{self.id}"


class OldSlug(Model):
    """A slug that the workspace had before: its addresses still lead to the workspace."""

    __tablename__ = "old_slugs"

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Membership(Model):
    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id"),
        # Whatever two requests do at once, there are never two owners.
        Index(
            "uq_memberships_owner",
            "workspace_id",
            unique=True,
            sqlite_where=text("role = 'owner'"),
            postgresql_where=text("role = 'owner'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship()

    @property
    def subject(self) -> Subject:
        return Subject("person", self.person.id, self.person.name, self.workspace_id)


class OwnershipOffer(Model):
    """The owner offers the workspace to one member; it ends with that member's stay."""

    __tablename__ = "ownership_offers"

    # One open offer at the most.
    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    membership_id: Mapped[int] = mapped_column(
        ForeignKey("memberships.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    membership: Mapped[Membership] = relationship()


_OPEN = text("accepted_at IS NULL AND revoked_at IS NULL")


class Invitation(Model):
    """Asks the person with that e-mail address in. `key` ties the signed link to this row."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("ix_invitations_of_workspace", "workspace_id", "id"),
        # One person, one invitation, also when two admins invite at once.
        Index(
            "uq_invitations_open",
            "workspace_id",
            "email",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey(Person.id, ondelete="SET NULL"), index=True
    )
    email: Mapped[str] = mapped_column(String(254), info={"forgotten": "with the workspace"})
    role: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)
    invited_by: Mapped[Person | None] = relationship()

    @property
    def state(self) -> str:
        """ "open", "expired", "revoked" or "accepted"."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "open" if clock.now() < self.expires_at else "expired"

    @property
    def mail_reference(self) -> str:
        """Under which the mail log tells whether its message was taken."""
        return f"invitation:{self.id}"

    @property
    def subject(self) -> Subject:
        return Subject("invitation", self.id, self.email, self.workspace_id)


class ApiToken(Model):
    """A program's key to one workspace; only its hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_workspace_id", "workspace_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Its first characters, by which people tell one from another; none for one of before.
    prefix: Mapped[str | None] = mapped_column(String(16))
    # The kind tells an operator's token from one whose maker's account is gone: neither has an id.
    created_by_kind: Mapped[str] = mapped_column(String(16), server_default="system")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    created_by_name: Mapped[str] = mapped_column(
        String(254), server_default="Command line", info={"forgotten": "with the workspace"}
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workspace: Mapped[Workspace] = relationship(lazy="joined", innerjoin=True)

    @property
    def created_by_operator(self) -> bool:
        return self.created_by_kind == "system"

    @property
    def subject(self) -> Subject:
        return Subject("token", self.id, self.name, self.workspace_id)
