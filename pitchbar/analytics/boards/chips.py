"""The filters of a board, one by one, each with the links that take it away or turn it round."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.names import ValueName, name_values
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Chip:
    key: str
    label: str
    value: str
    name: ValueName
    is_excluded: bool
    remove_url: str
    turn_url: str


def list_chips(workspace: Workspace, address: Address) -> Sequence[Chip]:
    found = []
    for one in address.filters:
        dimension = one.dimension
        names = name_values(workspace, dimension, {*one.included, *one.excluded})
        for value in (*one.included, *one.excluded):
            is_excluded = value in one.excluded
            turned = address.including if is_excluded else address.excluding
            found.append(
                Chip(
                    dimension.key,
                    dimension.label,
                    value,
                    names[value],
                    is_excluded,
                    address.without(dimension, value).url,
                    turned(dimension, value).url,
                )
            )
    return found
