"""Outcomes: what became of scans by the rules that led them, and what would by other ones."""

from pitchbar.core.features import Feature
from pitchbar.outcomes import subscribers, views
from pitchbar.outcomes.comparisons import compare_splits
from pitchbar.outcomes.queries import figures_by_rule
from pitchbar.rules.compiling import Destination
from pitchbar.rules.figures import register_comparison, register_figures
from pitchbar.rules.locating import register_locator
from pitchbar.scans.redirects import build_location


def _locate(target: Destination, query: str) -> str:
    return build_location(target, query)[0]


def subscribe() -> None:
    subscribers.register()
    register_figures(figures_by_rule)
    register_comparison(compare_splits)
    register_locator(_locate)


FEATURE = Feature(
    requires=("rules", "scans", "conversions"),
    blueprints=(views.bp,),
    subscribe=subscribe,
)
