"""What is known of payment: of each workspace what Stripe said last, and what Stripe is to be told.

Stripe is the truth of subscriptions; the rows here are a copy, written by whoever read it last.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.workspaces.models import Workspace


class PlanSubscription(Model):
    """Of a workspace that is, or was to become, a customer of Stripe.

    Attributes:
        plan: what was decided last from what Stripe said.
        granted_plan: what an operator gave it; holds where Stripe says nothing of a paid plan.
        tickets: how often a reading of Stripe was begun.
        read_ticket: which of these is stored here; an older one never takes its place.
        checkout_id: the session that may be completed; earlier ones are expired.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("uq_subscriptions_customer_id", "customer_id", unique=True),
        Index("ix_subscriptions_status", "status", "workspace_id"),
    )

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey(Workspace.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    customer_id: Mapped[str | None] = mapped_column(String(64))
    subscription_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    item_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    metered_item_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    status: Mapped[str] = mapped_column(String(32), default="", server_default="")
    price_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    plan: Mapped[str] = mapped_column(String(16), default="free", server_default="free")
    granted_plan: Mapped[str] = mapped_column(String(16), default="", server_default="")
    period_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancels_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trial_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    past_due_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    had_trial: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    wants_overage: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    checkout_id: Mapped[str] = mapped_column(String(128), default="", server_default="")
    tickets: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    read_ticket: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class BillingEvent(Model):
    """What Stripe sent, stored before anything is done about it.

    Attributes:
        payload: as it came, for whoever looks for a fault; emptied soon, and never acted upon.
        outcome: what became of it, as `events.py` says.
    """

    __tablename__ = "billing_events"
    __table_args__ = (
        Index("ix_billing_events_workspace_id", "workspace_id"),
        Index("ix_billing_events_received_at", "received_at"),
        Index(
            "ix_billing_events_waiting",
            "received_at",
            "id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), unique=True)
    workspace_id: Mapped[int | None] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(String(100))
    object_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    customer_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(32), default="", server_default="")
    error: Mapped[str] = mapped_column(String(500), default="", server_default="")
    payload: Mapped[str] = mapped_column(Text, default="", server_default="")


class BillingNotice(Model):
    """That somebody was told something; each thing once."""

    __tablename__ = "billing_notices"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey(Workspace.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    notice: Mapped[str] = mapped_column(String(160), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class MeterMonth(Model):
    """Up to which recorded scan of a month was looked, and how many of those are to be paid for."""

    __tablename__ = "meter_months"

    workspace_id: Mapped[int] = mapped_column(
        ForeignKey(Workspace.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    counted: Mapped[int] = mapped_column(BigInteger, default=0)
    billable: Mapped[int] = mapped_column(BigInteger, default=0)


class MeterBatch(Model):
    """Units that Stripe is told: written down first, then sent under `identifier` until it says
    that it has them.
    """

    __tablename__ = "meter_batches"
    __table_args__ = (
        UniqueConstraint("identifier"),
        Index("ix_meter_batches_workspace_id", "workspace_id", "month"),
        Index(
            "ix_meter_batches_waiting",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey(Workspace.id, ondelete="CASCADE"))
    customer_id: Mapped[str] = mapped_column(String(64))
    month: Mapped[date] = mapped_column(Date)
    units: Mapped[int] = mapped_column(BigInteger)
    identifier: Mapped[str] = mapped_column(String(100))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="", server_default="")
