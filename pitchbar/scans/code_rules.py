"""The rules of a code as they are found beside it, and what they need to know of the past."""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from pitchbar.core.utm import Utm
from pitchbar.rules.compiling import CompiledRules, compile_rules

log = logging.getLogger(__name__)
_STORED = text(
    "SELECT coalesce(sum(hits), 0) FROM scan_days "
    "WHERE workspace_id = :workspace_id AND code_id = :code_id"
)


@dataclass(frozen=True, slots=True)
class CodeRules:
    """`stored_scans` is how many the database had at the look-up; asked only for rules that count
    them.
    """

    compiled: CompiledRules
    stored_scans: int = 0


def read_code_rules(connection: Connection, row: Row[Any]) -> CodeRules | None:
    """Of a row of the resolver. Compiled anew only where the rules, or what they build on, were
    changed.
    """
    try:
        defaults, forward = Utm.of(row), bool(row.forward_parameters)
        compiled = compile_rules(row.routing, row.time_zone, defaults, forward)
    except Exception:
        # A code without its rules is better than none.
        log.exception("the rules of code %s cannot be compiled", row.id)
        return None
    if not compiled.asks_scans:
        return CodeRules(compiled)
    own = {"workspace_id": row.workspace_id, "code_id": row.id}
    return CodeRules(compiled, int(connection.execute(_STORED, own).scalar_one()))
