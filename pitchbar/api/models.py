from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED


class StoredResponse(Model):
    """The answer to a request that carried an Idempotency-Key, for when it comes again.

    `client_id` is the token's id, without a foreign key: rows live for a day and say nothing
    without their token. The body is encrypted, since an answer may hold a secret that is shown
    once.
    """

    __tablename__ = "kept_answers"
    __table_args__ = (Index("ix_kept_answers_created_at", "created_at"),)

    client_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text, info={**ENCRYPTED})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
