"""The rules of a code as they are found beside it."""

import logging
from typing import Any

from sqlalchemy import Row

from pitchbar.core.utm import Utm
from pitchbar.rules.compiling import CompiledRules, compile_rules

log = logging.getLogger(__name__)


def read_code_rules(row: Row[Any]) -> CompiledRules | None:
    """Of a row of the resolver. Compiled anew only where the rules, or what they build on, were
    changed.
    """
    if not row.routing:
        return None
    try:
        defaults, forward = Utm.of(row), bool(row.forward_parameters)
        return compile_rules(row.routing, row.time_zone, defaults, forward)
    except Exception:
        # A code without its rules is better than none.
        log.exception("the rules of code %s cannot be compiled", row.id)
        return None
