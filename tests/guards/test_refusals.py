"""What a service refused is undone before anything else happens: half of it might be written."""

import ast
from collections.abc import Iterator

from pitchbar.core.assets import ROOT

# Where it is not, and why.
GOING_ON = {
    "accounts/sign_in/flow.py": "the sign-in goes on and is committed; only the link is left out",
    "live/panels.py": "a socket writes nothing, and ends here",
}


def handlers() -> Iterator[tuple[str, ast.ExceptHandler]]:
    """Module and handler of each `except DomainError`."""
    folder = ROOT / "pitchbar"
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and "DomainError" in _caught(node):
                yield str(path.relative_to(folder)), node


def _caught(handler: ast.ExceptHandler) -> str:
    return ast.unparse(handler.type) if handler.type else ""


def undoes(handler: ast.ExceptHandler) -> bool:
    first = handler.body[0]
    return isinstance(first, ast.Raise) or ast.unparse(first) == "db.session.rollback()"


def test_refused_work_is_undone_first() -> None:
    found = list(handlers())
    assert len(found) > 5
    wrong = {f"{module}:{handler.lineno}" for module, handler in found if not undoes(handler)}
    unexplained = [place for place in sorted(wrong) if place.partition(":")[0] not in GOING_ON]
    assert unexplained == [], "use form_errors, or begin with db.session.rollback()"


def test_exceptions_are_there() -> None:
    going_on = {module for module, handler in handlers() if not undoes(handler)}
    assert sorted(set(GOING_ON) - going_on) == []
