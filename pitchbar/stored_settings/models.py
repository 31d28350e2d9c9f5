from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import Model, UtcDateTime
from pitchbar.core.encryption import ENCRYPTED


class StoredSetting(Model):
    """The value of one setting, as the environment would write it. `hint` is its end, for a secret
    that is long enough to have one that tells nothing.
    """

    __tablename__ = "operator_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    encrypted: Mapped[str] = mapped_column(Text, info={**ENCRYPTED})
    hint: Mapped[str] = mapped_column(String(4), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
