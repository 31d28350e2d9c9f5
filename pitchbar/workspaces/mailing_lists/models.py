from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime


class MailRefusal(Model):
    """An address that wants no more mail of a list. `list_key` is "summary", "alerts", "alert:12".

    It belongs to the address and not to a person: recipients need no account.
    """

    __tablename__ = "mail_refusals"

    workspace_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(
        String(254),
        primary_key=True,
        info={"forgotten": "with the workspace: it keeps mail away, also from who has no account"},
    )
    list_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
