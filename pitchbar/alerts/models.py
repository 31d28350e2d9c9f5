from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED
from pitchbar.events.subjects import Subject


def _workspace_id(*, primary_key: bool = False) -> Mapped[int]:
    key = ForeignKey("workspaces.id", ondelete="CASCADE")
    return mapped_column(BigId, key, primary_key=primary_key, autoincrement=False)


def _rule_id(*, primary_key: bool = False) -> Mapped[int]:
    key = ForeignKey("alert_rules.id", ondelete="CASCADE")
    return mapped_column(BigId, key, primary_key=primary_key, autoincrement=False)


class AlertRule(Model):
    """When somebody wants to be told. `kind` is one of `alerts/kinds.py`, which says what
    `threshold` and `window_minutes` mean; a kind that needs none has None there.
    """

    __tablename__ = "alert_rules"
    __table_args__ = (
        Index("ix_alert_rules_of_workspace", "workspace_id", "id"),
        Index("ix_alert_rules_kind", "kind", "window_minutes"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = _workspace_id()
    # None: the workspace as a whole, or any of its codes. A deleted code keeps its row.
    code_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(32))
    threshold: Mapped[int | None] = mapped_column(BigId)
    window_minutes: Mapped[int | None] = mapped_column()
    # Roles whose people are mailed, such as "owner,admin".
    roles: Mapped[str] = mapped_column(String(100), default="", server_default="")
    is_paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    addresses: Mapped[list["AlertAddress"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="AlertAddress.id"
    )
    channels: Mapped[list["AlertChannel"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="AlertChannel.id"
    )

    @property
    def list_key(self) -> str:
        """Of its mailing list."""
        return f"alert:{self.id}"

    @property
    def role_names(self) -> list[str]:
        return [role for role in self.roles.split(",") if role]


class AlertAddress(Model):
    """Somebody who is mailed, with an account or without."""

    __tablename__ = "alert_addresses"
    __table_args__ = (UniqueConstraint("rule_id", "email"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = _workspace_id()
    rule_id: Mapped[int] = _rule_id()
    email: Mapped[str] = mapped_column(String(254), info={"forgotten": "with the workspace"})


class AlertChannel(Model):
    """A place in a chat. Its address lets anybody write there, so it is encrypted; `label` is what
    is shown of it.
    """

    __tablename__ = "alert_channels"
    __table_args__ = (Index("ix_alert_channels_rule_id", "rule_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = _workspace_id()
    rule_id: Mapped[int] = _rule_id()
    service: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(120))
    encrypted: Mapped[str] = mapped_column(Text, info={**ENCRYPTED})
    # What became of the last notice; empty: it arrived.
    failure: Mapped[str] = mapped_column(String(300), default="", server_default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlertState(Model):
    """How a rule stands, of each thing that it watches: one row that is changed by condition, so
    that of two who find the same only one tells of it. `subject_key` is empty where a rule watches
    one thing alone.
    """

    __tablename__ = "alert_states"

    rule_id: Mapped[int] = _rule_id(primary_key=True)
    subject_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    workspace_id: Mapped[int] = _workspace_id()
    is_open: Mapped[bool] = mapped_column()
    # Of the alert that was raised last.
    alert_id: Mapped[int | None] = mapped_column(BigId)
    # Until when it is not raised again, however often it comes and goes.
    quiet_until: Mapped[datetime] = mapped_column(UtcDateTime)


class Alert(Model):
    """One that was raised; it tells what it was about also when its rule is gone."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_of_workspace", "workspace_id", "id"),
        Index("ix_alerts_rule_id", "rule_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = _workspace_id()
    rule_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("alert_rules.id", ondelete="SET NULL")
    )
    code_id: Mapped[int | None] = mapped_column(BigId)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(String(1000), default="")
    # What was measured, for programs: value, threshold, expected, window_minutes.
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    recovered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def subject(self) -> Subject:
        return Subject("alert", self.id, self.title[:254], self.workspace_id)


class AlertSeen(Model):
    """Up to which alert a person has seen those of a workspace."""

    __tablename__ = "alerts_seen"

    workspace_id: Mapped[int] = _workspace_id(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    alert_id: Mapped[int] = mapped_column(BigId)


class ScanMinute(Model):
    """People by minute, for a day, of codes and workspaces that a rule watches so closely."""

    __tablename__ = "scan_minutes"
    __table_args__ = (Index("ix_scan_minutes_minute_at", "minute_at"),)

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    minute_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    people: Mapped[int] = mapped_column(BigId)


# Of marks of what is not counted by month.
NO_MONTH = date(1, 1, 1)


class QuotaMark(Model):
    """A part of a limit of its plan that a workspace has used, in percent: told once. `month` is
    that of what is counted by month, and `NO_MONTH` of all else, whose mark goes when it falls
    below.
    """

    __tablename__ = "quota_marks"

    workspace_id: Mapped[int] = _workspace_id(primary_key=True)
    # A key of `workspaces/plans.py`.
    limit_key: Mapped[str] = mapped_column(
        String(16), primary_key=True, default="scans", server_default="scans"
    )
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reached_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class AlertRound(Model):
    """The hour that was judged last, once it was over."""

    __tablename__ = "alert_rounds"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    judged_until: Mapped[datetime] = mapped_column(UtcDateTime)
