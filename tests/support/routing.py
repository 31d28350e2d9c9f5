"""Rules of addresses, compiled once for all the applications of a test run.

Werkzeug writes, parses and compiles two functions for each rule of each application, which is most
of what making one costs; they depend on the rule alone.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_Key = tuple[str, str, bool]


def share_compiled_rules() -> None:
    compile_builder = Rule._compile_builder
    compiled: dict[_Key, Callable[..., tuple[str, str]]] = {}

    def compile_once(rule: Any, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = rule.rule, repr(rule.defaults), append_unknown
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = compile_once  # type: ignore[method-assign, assignment]
