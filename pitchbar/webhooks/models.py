from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED
from pitchbar.events.subjects import Subject

# Gets what it chose · switched off, and `off_reason` says why where people did not do it.
ON, OFF = "on", "off"
# Of a delivery: due, or on its way · taken with 2xx · given up, or its endpoint is off.
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"

# In a row; one that is refused now and then works.
_FAILURES = 3

_IS_WAITING = text("state = 'waiting'")


class Endpoint(Model):
    """An address of a customer's, which gets the events that it chose.

    Whoever delivers holds an endpoint by its lane: one process at a time, so that concurrency and
    rate hold for all of them together.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index("ix_webhook_endpoints_workspace_id", "workspace_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2048))
    description: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(16), default=ON)
    off_reason: Mapped[str] = mapped_column(String(200), default="")
    # Encrypted; the previous one signs too, for a day after it was replaced.
    secret: Mapped[str] = mapped_column(Text, info={**ENCRYPTED})
    previous_secret: Mapped[str | None] = mapped_column(Text, info={**ENCRYPTED})
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when nothing was taken any more, and how many attempts in a row that are.
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    told_failing_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # It asked for a rest until then.
    resting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lane_holder: Mapped[str | None] = mapped_column(String(64))
    lane_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    subscriptions: Mapped[list["Subscription"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    @property
    def events(self) -> list[str]:
        """The names of what it chose."""
        return sorted(one.event for one in self.subscriptions)

    @property
    def is_failing(self) -> bool:
        """More than a hiccup."""
        return self.failing_since is not None and self.failures >= _FAILURES

    @property
    def has_two_secrets(self) -> bool:
        return self.previous_until is not None and self.previous_until > clock.now()

    @property
    def mail_reference(self) -> str:
        return f"webhook:{self.id}"

    @property
    def subject(self) -> Subject:
        return Subject("webhook", self.id, self.url[:254], self.workspace_id)


class Subscription(Model):
    """An endpoint gets events of this name."""

    __tablename__ = "webhook_subscriptions"
    __table_args__ = (Index("ix_webhook_subscriptions_event", "event", "workspace_id"),)

    endpoint_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True
    )
    event: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)


class Fact(Model):
    """What one transaction told, such as its scans, until it is joined with others to a message."""

    __tablename__ = "webhook_facts"
    __table_args__ = (Index("ix_webhook_facts_told_at", "told_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    event: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # Whose each of them is: fingerprints, which are never sent.
    visitors: Mapped[list[str]] = mapped_column(
        JSON, info={"forgotten": "when it is joined to a message"}
    )


class Message(Model):
    """What endpoints get, byte for byte: `body` is what is signed. Its id stays through all tries
    and replays.
    """

    __tablename__ = "webhook_messages"
    __table_args__ = (Index("ix_webhook_messages_of_workspace", "workspace_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    # Whose each item is, so that it can be erased; None where it tells of no visitor.
    visitors: Mapped[str | None] = mapped_column(
        Text, info={"forgotten": "with the message, after WEBHOOK_LOG_DAYS"}
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Of the request in which it happened, or that left the job behind; None where many are joined.
    request_id: Mapped[str | None] = mapped_column(String(64))


class Delivery(Model):
    """One message on its way to one endpoint."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "ix_webhook_deliveries_waiting",
            "endpoint_id",
            "due_at",
            sqlite_where=_IS_WAITING,
            postgresql_where=_IS_WAITING,
        ),
        Index("ix_webhook_deliveries_of_endpoint", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(ForeignKey("webhook_messages.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    # Those that count; one that was told to wait does not.
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the last attempt; why nothing was answered, as a sentence.
    last_status: Mapped[int | None] = mapped_column()
    last_error: Mapped[str] = mapped_column(String(300), default="")

    message: Mapped[Message] = relationship()


class Attempt(Model):
    """One request, and what was answered to it."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index("ix_webhook_attempts_delivery_id", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    elapsed_ms: Mapped[int] = mapped_column()
    # None where nothing was answered; then `error` says why.
    status: Mapped[int | None] = mapped_column()
    error: Mapped[str] = mapped_column(String(300), default="")
    request_headers: Mapped[str] = mapped_column(Text, default="")
    answer_headers: Mapped[str] = mapped_column(Text, default="")
    # The first 4 kB.
    answer_body: Mapped[str] = mapped_column(Text, default="")
    answer_was_cut: Mapped[bool] = mapped_column(default=False)
