"""What the page of a code tells of its rules."""

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Action, Panel, register_action, register_panel
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json
from pitchbar.rules.sentences import read_back
from pitchbar.workspaces.models import Workspace

_MOST_SHOWN = 4


def register() -> None:
    register_action(Action("view", "rules.index", "route", "Rules"))
    register_panel(Panel(_render, "below"))


def _render(workspace: Workspace, code: Code) -> Markup:
    rules = [rule for rule in list_rules(code) if rule.is_enabled]
    sentences = [read_back(as_json(rule), workspace.time_zone) for rule in rules[:_MOST_SHOWN]]
    page = render_template(
        "rules/_summary.html", code=code, sentences=sentences, more=len(rules) - len(sentences)
    )
    return Markup(page)  # noqa: S704  # a template has escaped it
