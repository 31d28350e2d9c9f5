"""What a list of leads shows: which of them, in which order, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from pitchbar.core.database import MAX_ID
from pitchbar.core.text import storable
from pitchbar.leads.models import STATUSES
from pitchbar.workspaces.models import Workspace

NEWEST, BEST = "newest", "best"
ORDERS = {NEWEST: "Newest first", BEST: "Best score first"}
SCORES = {0: "Any score", 40: "40 and more", 60: "60 and more", 80: "80 and more"}
NOBODY = "none"


@dataclass(frozen=True)
class Listing:
    """Anything in an address is read as some list; what makes no sense there is left out.

    `owner` is a person's id, or "none" for leads that nobody has; `after` is where a page starts.
    """

    q: str = ""
    status: str = ""
    owner: str = ""
    agent: int = 0
    code: int = 0
    score: int = 0
    order: str = NEWEST
    after: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Listing":
        owner, score = args.get("owner", ""), _number(args.get("score", ""))
        return cls(
            q=storable(args.get("q", "").strip()[:200]),
            status=args["status"] if args.get("status") in STATUSES else "",
            owner=owner if owner == NOBODY else str(_number(owner) or ""),
            agent=_number(args.get("agent", "")),
            code=_number(args.get("code", "")),
            score=min(100, score),
            order=args["order"] if args.get("order") in ORDERS else NEWEST,
            after=args.get("after", "")[:60],
        )

    @property
    def is_narrowed(self) -> bool:
        return replace(self, order=NEWEST, after="") != Listing()

    def starting(self, after: str) -> "Listing":
        return replace(self, after=after)

    def of_status(self, status: str) -> "Listing":
        return replace(self, status=status, after="")

    def args(self) -> dict[str, str]:
        """For its address: what is as it is by itself does not stand there."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if self.order == NEWEST:
            del values["order"]
        return {name: str(value) for name, value in values.items() if value}

    def url(self, workspace: Workspace, endpoint: str = "leads.index", **more: Any) -> str:
        values: dict[str, Any] = {**self.args(), **more}
        return url_for(endpoint, slug=workspace.slug, **values)


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    return number if number <= MAX_ID else 0
