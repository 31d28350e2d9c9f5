"""What a saved view shows, in words."""

from collections.abc import Sequence
from urllib.parse import parse_qs

from pitchbar.analytics.boards.addresses import METRICS, Address
from pitchbar.analytics.boards.chips import list_chips
from pitchbar.analytics.boards.ranges import RangeRefused, read_range
from pitchbar.analytics.filters import TooManyFilters
from pitchbar.workspaces.models import Workspace


def describe_query(workspace: Workspace, query: str) -> Sequence[str]:
    """Its range and each of its filters; nothing for what a later release wrote."""
    arguments = parse_qs(query, keep_blank_values=True)
    try:
        address = Address.read("", arguments)
        shown = read_range({name: values[0] for name, values in arguments.items()}, workspace)
    except (TooManyFilters, RangeRefused):
        return ()
    filters = [
        f"{chip.label} {'is not' if chip.is_excluded else 'is'} {chip.name.name}"
        for chip in list_chips(workspace, address)
    ]
    metric = [METRICS[address.metric]] if address.metric != "people" else []
    return [shown.label, *metric, *filters]
