from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

RUNNING, PASSED, FAILED = "running", "passed", "failed"


class ReleaseRun(Model):
    """One walk through the release gate.

    Attributes:
        looked_at: the title of the check that is being made.
        expected: how many checks there are.
        told_at: when it last said something: a run that is silent for long was killed.
        findings: of the checks that are made, in their order, as `running.Result` has them.
    """

    __tablename__ = "release_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    asked_by: Mapped[str] = mapped_column(
        String(254),
        default="",
        server_default="",
        info={"forgotten": "with the fiftieth run after it"},
    )
    url: Mapped[str] = mapped_column(String(300), default="", server_default="")
    state: Mapped[str] = mapped_column(String(16), default=RUNNING)
    looked_at: Mapped[str] = mapped_column(String(64), default="", server_default="")
    expected: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
