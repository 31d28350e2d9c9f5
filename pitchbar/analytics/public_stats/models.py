from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.database import Model, UtcDateTime

# What a page may show, in this order, beside people: by its key, as people read it.
SHOWABLE = {
    "chart": "A chart by day",
    "unique_people": "Unique people",
    "hits": "All hits, robots included",
    "country": "Countries",
    "city": "Cities",
    "language": "Languages",
    "device": "Devices",
    "os": "Operating systems",
    "browser": "Browsers",
    "referrer": "Referrers",
}
AT_FIRST = ("chart", "country", "device")


class PublicStats(Model):
    """That anybody may see figures of a code at `/s/<short code>`, and which."""

    __tablename__ = "public_stats"

    code_id: Mapped[int] = mapped_column(
        ForeignKey(Code.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    # None: without a password.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    shows: Mapped[list[Any]] = mapped_column(JSON, default=lambda: list(AT_FIRST))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
