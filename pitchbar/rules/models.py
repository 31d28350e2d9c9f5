from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime


class Rule(Model):
    """One of the rules of a code, which are asked in the order of `position`.

    `conditions` is what `rules/conditions.py` describes, and `split` what `rules/drafts.py` calls
    variants; a rule without a split leads to `destination_url`, one with a split has none.
    """

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_of_code", "code_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    code_id: Mapped[int] = mapped_column(ForeignKey("codes.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(100), default="")
    # "all" or "any" of the conditions; without conditions it takes every visitor.
    match: Mapped[str] = mapped_column(String(3), default="all")
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    destination_url: Mapped[str] = mapped_column(String(2048), default="")
    split: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)
