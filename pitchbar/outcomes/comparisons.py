"""How the destinations of a split do, for the page of the rules."""

from collections.abc import Mapping

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.conversions.queries import count_by_variant
from pitchbar.outcomes.queries import people_by_variant
from pitchbar.outcomes.significance import Tally, judge_difference
from pitchbar.rules.models import Rule
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json
from pitchbar.rules.sentences import read_back
from pitchbar.workspaces.models import Workspace


def compare_splits(workspace: Workspace, code: Code) -> Mapping[int, Markup]:
    """By rule id; rules with one destination have none."""
    split = [rule for rule in list_rules(code) if rule.split]
    if not split:
        return {}
    people = people_by_variant(workspace, code.id)
    converted = count_by_variant(workspace, code.id)
    return {rule.id: _render(_tally(rule, people, converted)) for rule in split}


def _tally(
    rule: Rule,
    people: Mapping[tuple[int, int], int],
    converted: Mapping[tuple[int, int], int],
) -> list[Tally]:
    names = [target.name for target in read_back(as_json(rule)).targets]
    tallies = []
    for place, name in enumerate(names):
        scans = people.get((rule.id, place), 0)
        # What converted may have been set apart as a repeat: a rate is no more than all.
        tallies.append(Tally(name, scans, min(converted.get((rule.id, place), 0), scans)))
    return tallies


def _render(tallies: list[Tally]) -> Markup:
    verdict = judge_difference(tallies)
    page = render_template("outcomes/_comparison.html", tallies=tallies, verdict=verdict)
    return Markup(page)  # noqa: S704  # a template has escaped it
