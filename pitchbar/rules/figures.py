"""How many scans each rule took, for its page. Rules know nothing of scans; whoever counts them
registers here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.workspaces.models import Workspace

# The id under which scans count that no rule took.
NO_RULE = 0


@dataclass(frozen=True)
class RuleFigures:
    """Scans by people that a rule took: in the last 30 days, and ever."""

    month: int = 0
    ever: int = 0


# By rule id; a rule that took none is left out.
Loader = Callable[[Workspace, Code], Mapping[int, RuleFigures]]
# Of a split, by rule id: how its destinations compare, as HTML.
Comparer = Callable[[Workspace, Code], Mapping[int, Markup]]

_loaders: list[Loader] = []
_comparers: list[Comparer] = []


def register_figures(loader: Loader) -> None:
    if loader not in _loaders:
        _loaders.append(loader)


def register_comparison(comparer: Comparer) -> None:
    if comparer not in _comparers:
        _comparers.append(comparer)


def load_figures(workspace: Workspace, code: Code) -> dict[int, RuleFigures] | None:
    """None where nobody counts."""
    if not _loaders:
        return None
    return {key: value for load in _loaders for key, value in load(workspace, code).items()}


def load_comparisons(workspace: Workspace, code: Code) -> dict[int, Markup]:
    return {key: html for load in _comparers for key, html in load(workspace, code).items()}
