"""Which scans an export is of."""

from urllib.parse import parse_qs

from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.loading import question_of
from pitchbar.analytics.boards.ranges import read_range
from pitchbar.analytics.engine import Question
from pitchbar.workspaces.models import Workspace


def read_question(workspace: Workspace, query: str) -> Question:
    """What a board of that address asks for.

    Raises:
        RangeRefused, TooManyFilters
    """
    arguments = parse_qs(query, keep_blank_values=True)
    address = Address.read("", arguments)
    shown = read_range({name: values[0] for name, values in arguments.items()}, workspace)
    return question_of(workspace, None, address, shown)
