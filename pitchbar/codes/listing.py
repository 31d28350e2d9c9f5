"""What a list of codes shows: which of them, in which order, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func

from pitchbar.codes.filtering import STATES, CodeFilter
from pitchbar.codes.models import Code
from pitchbar.codes.panels import find_rank
from pitchbar.core.database import MAX_ID
from pitchbar.core.text import storable
from pitchbar.workspaces.models import Workspace

NEWEST = "created"
_ASCENDING, _DESCENDING = "asc", "desc"
# Names are read from the start; of all else, the most or the latest is looked for.
_FIRST_ORDER = {"name": _ASCENDING}


@dataclass(frozen=True)
class Listing:
    """Anything in an address is read as some list; what makes no sense there is left out."""

    q: str = ""
    status: str = "active"
    campaign: str = ""
    label_id: int = 0
    sort: str = NEWEST
    order: str = _DESCENDING
    number: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Listing":
        status, sort = args.get("status", ""), args.get("sort", NEWEST)
        order = args.get("order")
        return cls(
            q=storable(args.get("q", "").strip()[:200]),
            status=status if status in STATES else STATES[0],
            campaign=storable(args.get("campaign", "").strip()[:100]),
            label_id=_number(args.get("label", "")) or 0,
            sort=sort,
            order=order if order in (_ASCENDING, _DESCENDING) else _first_order(sort),
            number=_number(args.get("page", "")) or 1,
        )

    def sorted_by(self, key: str) -> "Listing":
        """A click on the heading; on that of the present order, it turns round."""
        order = _first_order(key)
        if key == self.sort:
            order = _ASCENDING if self.order == _DESCENDING else _DESCENDING
        return replace(self, sort=key, order=order, number=1)

    def without_search(self) -> "Listing":
        return replace(self, q="", number=1)

    def page(self, number: int) -> "Listing":
        return replace(self, number=number)

    def aria_sort(self, key: str) -> str:
        if key != self.sort:
            return ""
        return "ascending" if self.order == _ASCENDING else "descending"

    def args(self) -> dict[str, str]:
        """For its address: what is as it is by itself does not stand there."""
        args = {"q": self.q, "status": self.status, "campaign": self.campaign}
        args["label"] = str(self.label_id or "")
        if self.sort != NEWEST or self.order != _DESCENDING:
            args |= {"sort": self.sort, "order": self.order}
        if self.number > 1:
            args["page"] = str(self.number)
        return {name: value for name, value in args.items() if value}

    def url(self, workspace: Workspace, endpoint: str = "codes.index", **more: Any) -> str:
        values: dict[str, Any] = {**self.args(), **more}
        return url_for(endpoint, slug=workspace.slug, **values)

    @property
    def which(self) -> CodeFilter:
        # A label that is not there is on no code.
        label_id = min(self.label_id, MAX_ID) or None
        return CodeFilter(self.q, self.status, self.campaign, label_id)

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out codes that are in use."""
        return bool(self.q or self.campaign or self.label_id) or self.status not in (
            "active",
            "all",
        )

    def ranks(self, workspace: Workspace) -> list[ColumnElement[Any]]:
        """What the query is ordered by; the newest first where that leaves it open."""
        by: ColumnElement[Any] | None = (
            func.lower(Code.name) if self.sort == "name" else find_rank(workspace, self.sort)
        )
        if by is None:
            return [Code.id.asc() if self.order == _ASCENDING else Code.id.desc()]
        by = by.asc() if self.order == _ASCENDING else by.desc()
        # Whatever has no value stands last, in either direction.
        return [by.nulls_last(), Code.id.desc()]


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 1000 else None


def _first_order(key: str) -> str:
    return _FIRST_ORDER.get(key, _DESCENDING)
