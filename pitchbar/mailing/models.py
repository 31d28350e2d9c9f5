from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED

QUEUED, SENT, FAILED, HELD_BACK = "queued", "sent", "failed", "held_back"


class MailRecord(Model):
    """What became of one message. `reference` names what it was about, e.g. "invitation:12"."""

    __tablename__ = "mail_log"
    __table_args__ = (
        Index("ix_mail_log_reference", "reference", "id"),
        Index("ix_mail_log_state", "state", "finished_at"),
        Index("ix_mail_log_queued_at", "queued_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(64))
    to: Mapped[str] = mapped_column(
        String(254), info={"forgotten": "after 30 days; what belongs to a workspace, with it"}
    )
    state: Mapped[str] = mapped_column(String(16), default=QUEUED)
    reason: Mapped[str] = mapped_column(String(500), default="")
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailBody(Model):
    """The message itself, encrypted, until it was sent: it may hold a link that opens an account.
    Jobs and their pages know its record's id alone.
    """

    __tablename__ = "mail_bodies"

    record_id: Mapped[int] = mapped_column(
        ForeignKey(MailRecord.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    encrypted: Mapped[str] = mapped_column(Text, info={**ENCRYPTED})
    # To an address that anybody has typed, and that nobody here has.
    to_stranger: Mapped[bool] = mapped_column(server_default=false())
