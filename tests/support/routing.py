"""Rules of addresses, compiled once for all the applications of a test run.

Werkzeug parses each rule of each application anew, and writes and compiles two functions for it,
which is most of what making one costs; all of it depends on the rule alone.
"""

from typing import Any

from werkzeug.routing import Rule

_PARSED = ("_parts", "_trace", "_converters")
_COMPILED = ("_build", "_build_unknown")


def share_compiled_rules() -> None:
    compile_rule = Rule.compile
    known: dict[tuple[str, ...], dict[str, Any]] = {}

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, repr(rule.defaults), str(rule.subdomain), str(rule.host))
        if key not in known:
            compile_rule(rule)
            known[key] = {name: vars(rule)[name] for name in (*_PARSED, "arguments")}
            known[key] |= {name: vars(rule)[name].__func__ for name in _COMPILED}
            return
        for name in _PARSED:
            setattr(rule, name, known[key][name].copy())
        rule.arguments = rule.arguments | known[key]["arguments"]
        for name in _COMPILED:
            setattr(rule, name, known[key][name].__get__(rule, None))

    Rule.compile = compile_once  # type: ignore[method-assign, assignment]
