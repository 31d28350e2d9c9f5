from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

RUNNING, DONE = "running", "done"
# After this, whoever looked is gone.
_LONGEST = timedelta(seconds=90)


class InstallCheck(Model):
    """What was found when a customer's page was last looked at for an agent's widget."""

    __tablename__ = "install_checks"

    agent_id: Mapped[int] = mapped_column(
        ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    workspace_id: Mapped[int] = mapped_column(BigId)
    page_url: Mapped[str] = mapped_column(String(2048))
    state: Mapped[str] = mapped_column(String(16), default=RUNNING)
    # `works`, `unclear` or `fails`; empty until it is known.
    verdict: Mapped[str] = mapped_column(String(16), default="")
    # Each a `Finding`.
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_running(self) -> bool:
        return self.state == RUNNING and clock.now() - self.started_at < _LONGEST

    @property
    def is_lost(self) -> bool:
        """It never came to an end."""
        return self.state == RUNNING and not self.is_running
