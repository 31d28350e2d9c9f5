from datetime import datetime

import idna
from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# Waits for its proof · is the workspace's · was, and its record is gone; codes on it lead on.
PENDING, VERIFIED, BROKEN = "pending", "verified", "broken"
# Printed codes outlive a record that somebody tidied away.
SERVED = (VERIFIED, BROKEN)

_IS_VERIFIED = text("state = 'verified'")


class Domain(Model):
    """A host of a customer's own, on which codes have short addresses.

    Several workspaces may wait for the same host; the index lets one of them have proven it.
    """

    __tablename__ = "domains"
    __table_args__ = (
        Index("uq_domains_workspace_id_host", "workspace_id", "host", unique=True),
        Index(
            "uq_domains_verified_host",
            "host",
            unique=True,
            sqlite_where=_IS_VERIFIED,
            postgresql_where=_IS_VERIFIED,
        ),
        Index("ix_domains_host", "host"),
        Index("ix_domains_next_check_at", "next_check_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # ASCII, lower case, without a full stop at its end.
    host: Mapped[str] = mapped_column(String(253))
    # What the record holds that proves it.
    token: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=PENDING)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None: not by itself any more.
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=clock.now)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when the record of a proven one is gone, by a clear answer.
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What was found last, and where the host leads, as sentences.
    last_answer: Mapped[str] = mapped_column(Text, default="")
    pointing: Mapped[str] = mapped_column(Text, default="")
    # Whether it leads here, as far as that can be told.
    points_here: Mapped[bool | None] = mapped_column()
    # Where the bare host and unknown codes lead; empty: a plain page.
    root_url: Mapped[str] = mapped_column(String(2048), default="")
    unknown_url: Mapped[str] = mapped_column(String(2048), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def name(self) -> str:
        """As people write it, with the letters of their script."""
        try:
            return idna.decode(self.host)
        except (idna.IDNAError, UnicodeError):
            return self.host

    @property
    def is_served(self) -> bool:
        return self.state in SERVED

    @property
    def record_name(self) -> str:
        return f"_pitchbar.{self.host}"

    @property
    def record_value(self) -> str:
        return f"pitchbar-verification={self.token}"

    @property
    def mail_reference(self) -> str:
        return f"domain:{self.id}"

    @property
    def subject(self) -> Subject:
        return Subject("domain", self.id, self.name, self.workspace_id)
