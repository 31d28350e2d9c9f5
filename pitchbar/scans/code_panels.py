"""What scans show of a code: two columns of the list, and two panels of its page."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Column, Columns, Panel, register_columns, register_panel
from pitchbar.scans.figures import load_recent_scans, load_series
from pitchbar.scans.queries import totals_of
from pitchbar.scans.ranges import RANGES, find_range
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_columns(Columns((Column("People"), Column("Hits", wide=True)), _load_totals))
    register_panel(Panel(_render_figures, "main"))
    register_panel(Panel(_render_recent_scans, "below"))


def _load_totals(workspace: Workspace, code_ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    totals = totals_of(workspace, code_ids)
    return {code_id: (people, hits) for code_id, (hits, people) in totals.items()}


def _render_figures(workspace: Workspace, code: Code) -> Markup:
    span = find_range(request.args.get("range"))
    series = load_series(workspace, code.id, span)
    page = render_template(
        "scans/_code_figures.html", code=code, range=span, ranges=RANGES, **vars(series)
    )
    return Markup(page)  # noqa: S704  # a template has escaped it


def _render_recent_scans(workspace: Workspace, code: Code) -> Markup:
    recent = load_recent_scans(workspace, code.id)
    return Markup(render_template("scans/_recent.html", code=code, recent=recent))  # noqa: S704  # a template has escaped it
