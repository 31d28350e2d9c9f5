from datetime import date

from sqlalchemy import Date, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model

# The variant of a rule that has one destination.
NO_VARIANT = -1


class RuleDay(Model):
    """Scans that a rule took on one day in the workspace's time zone, by the destination of its
    split. Scans that no rule took have no row. As a scan, it stays whatever becomes of its rule.
    """

    __tablename__ = "rule_days"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    rule_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    variant: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hits: Mapped[int] = mapped_column(BigId, default=0)
    people: Mapped[int] = mapped_column(BigId, default=0)
