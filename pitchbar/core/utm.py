"""The campaign tags that tell a site where a visitor came from.

Named here and nowhere else: the edge, its lines, forms, payloads and queries follow this list. A
further value besides needs its column in `Code` and in `Scan`, and their migration.
"""

from typing import Any, NamedTuple

UTM_MAX_LENGTH = 255


class Utm(NamedTuple):
    """One value for each tag; empty where there is none."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""

    @classmethod
    def of(cls, owner: Any) -> "Utm":
        """The values of an object that has a `utm_…` for each."""
        return cls(*(getattr(owner, name) or "" for name in UTM_COLUMNS))

    def columns(self) -> dict[str, str]:
        """By the name of the column: {"utm_source": "poster", …}."""
        return dict(zip(UTM_COLUMNS, self, strict=True))

    def given(self) -> dict[str, str]:
        """The values that are not empty, by name: {"source": "poster"}."""
        return {name: value for name, value in self._asdict().items() if value}


UTM_NAMES = Utm._fields
# As addresses, forms and tables name them.
UTM_COLUMNS = tuple(f"utm_{name}" for name in UTM_NAMES)
