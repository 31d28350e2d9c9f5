"""What every page with a board is drawn from: the state in its address, and what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from pitchbar.analytics.boards.addresses import METRICS, Address
from pitchbar.analytics.boards.chips import list_chips
from pitchbar.analytics.boards.ranges import Range, RangeRefused, read_range
from pitchbar.analytics.boards.saved_views.queries import list_saved_views
from pitchbar.analytics.dimensions import DIMENSIONS, Dimension
from pitchbar.analytics.filters import TooManyFilters
from pitchbar.analytics.spans import PRESETS
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.workspaces.models import Workspace

# A code has one of each.
_OF_WORKSPACE_ALONE = ("code", "label")
_FIRST, _LAST = "1111-11-11", "2222-12-22"


@dataclass(frozen=True)
class State:
    """Attributes:
    refused: what is wrong with which field: "from", "to", "filters". Then there is no board.
    """

    address: Address
    shown: Range
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return 422 if self.refused else 200


def read_state(workspace: Workspace, path: str) -> State:
    """Of this request."""
    arguments = {name: request.args.getlist(name) for name in request.args}
    refused: dict[str, str] = {}
    try:
        address = Address.read(path, arguments)
    except TooManyFilters:
        refused["filters"] = "These are more filters than a board takes: 200 at once. Clear some."
        kept = [each.key for each in DIMENSIONS]
        address = Address.read(path, {k: v for k, v in arguments.items() if k not in kept})
    single = {name: values[0] for name, values in arguments.items() if values}
    try:
        shown = read_range(single, workspace)
    except RangeRefused as error:
        refused |= error.fields
        shown = read_range({}, workspace)
    return State(address, shown, refused)


def board_path(workspace: Workspace, code: Code | None) -> str:
    if code is None:
        return url_for("pages.overview", slug=workspace.slug)
    return url_for("boards.of_code", slug=workspace.slug, code_id=code.id)


def frame(workspace: Workspace, code: Code | None, state: State) -> dict[str, Any]:
    """What the templates of a board need beside its figures."""
    address, views = state.address, list_saved_views(workspace)
    query = address.at("").removeprefix("?")
    return {
        "code": code,
        "address": address,
        "shown": state.shown,
        "refused": state.refused,
        "chips": list_chips(workspace, address),
        "typed": _typed(state),
        "today": clock.local_date(clock.now(), workspace.time_zone).isoformat(),
        "presets": PRESETS,
        "metrics": METRICS,
        "dimensions": dimensions_of(code),
        "saved_views": views,
        "view_name": next((view.name for view in views if view.query == query and query), ""),
        "list_path": lambda dimension: list_path(workspace, code, dimension),
        "zoom_url": address.with_days(_FIRST, _LAST)
        .url.replace(_FIRST, "{from}")
        .replace(_LAST, "{to}"),
        **_live_urls(workspace, code, address),
    }


def dimensions_of(code: Code | None) -> Sequence[Dimension]:
    if code is None:
        return DIMENSIONS
    return [each for each in DIMENSIONS if each.key not in _OF_WORKSPACE_ALONE]


def list_path(workspace: Workspace, code: Code | None, dimension: Dimension) -> str:
    at: dict[str, Any] = {"slug": workspace.slug, "dimension_key": dimension.key}
    if code is None:
        return url_for("boards.breakdown", **at)
    return url_for("boards.breakdown_of_code", code_id=code.id, **at)


def _typed(state: State) -> dict[str, str]:
    """In the two fields: what was typed, where it was refused, else the days that are shown."""
    if state.refused.keys() & {"from", "to"}:
        return {name: request.args.get(name, "")[:100] for name in ("from", "to")}
    span = state.shown.span
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def _live_urls(workspace: Workspace, code: Code | None, address: Address) -> dict[str, str]:
    of = {"of": str(code.id)} if code else {}
    if code and address.path != board_path(workspace, code):
        of["part"] = "summary"
    at: dict[str, Any] = {"slug": workspace.slug}
    return {
        "live_url": address.at(url_for("board_live.live", **at), **of),
        "poll_url": address.at(url_for("board_live.live_fragments", **at), **of),
    }
