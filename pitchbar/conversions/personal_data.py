from typing import Any

from sqlalchemy import select

from pitchbar.conversions.models import Conversion
from pitchbar.core.personal_data import TableHolding, Whom, register_holding
from pitchbar.scans.models import Scan


def register_holdings() -> None:
    """That something was bought stays, with its value; whose order it was goes."""
    register_holding(
        TableHolding(Conversion, "Conversions", _conversions_of, cleared={"order_id": None})
    )


def _conversions_of(whom: Whom) -> Any:
    if not whom.visitor:
        return None
    # By the key of the scans, once for each conversion: they are few beside scans.
    scan = select(Scan.id).where(Scan.id == Conversion.scan_id, Scan.visitor == whom.visitor)
    return scan.exists()
