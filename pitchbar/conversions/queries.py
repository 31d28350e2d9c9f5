"""Reads of conversions, always of one workspace."""

from collections.abc import Mapping

from sqlalchemy import func, select

from pitchbar.conversions.models import Conversion
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def count_by_variant(workspace: Workspace, code_id: int) -> Mapping[tuple[int, int], int]:
    """By rule and variant (-1 for a rule with one destination): how many scans of the code led to
    a conversion at least. Scans that no rule sent anywhere are left out.
    """
    rows = db.session.execute(
        select(
            Conversion.rule_id,
            Conversion.variant,
            func.count(Conversion.scan_id.distinct()),
        )
        .where(
            Conversion.workspace_id == workspace.id,
            Conversion.code_id == code_id,
            Conversion.rule_id.is_not(None),
        )
        .group_by(Conversion.rule_id, Conversion.variant)
    )
    return {
        (rule_id, -1 if variant is None else variant): count
        for rule_id, variant, count in rows
        if rule_id is not None
    }
