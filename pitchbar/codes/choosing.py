"""Codes chosen in their list, for the pages that do something with many of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, flash, request

from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes, list_matching_ids
from pitchbar.core.database import MAX_ID
from pitchbar.core.htmx import go_to
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Choice:
    """Attributes:
    most: so many codes are taken at once.
    none_chosen, too_many: what is said where there are none, or more than that.
    """

    most: int
    none_chosen: str
    too_many: str

    def from_list(self, workspace: Workspace) -> list[Code]:
        """Those that are ticked, or with `all` those that the list's address lets through; one more
        than are taken at most.
        """
        if request.args.get("all"):
            ids = list_matching_ids(workspace, Listing.read(request.args).which, self.most + 1)
        else:
            ids = request.args.getlist("code_id", type=int)
        return self._find(workspace, ids)

    def from_form(self, workspace: Workspace) -> list[Code]:
        """Which were chosen stands in the form, so that what is done is what was shown."""
        parts = request.form.get("codes", "").split(",")
        # What the list's boxes send stands apart.
        parts += request.form.getlist("code_id")
        ids = [int(part) for part in parts if part.isdecimal() and len(part) < 20]
        return self._find(workspace, ids)

    def fits(self, codes: Sequence[Code]) -> bool:
        return 0 < len(codes) <= self.most

    def refuse(self, workspace: Workspace, codes: Sequence[Code]) -> Response:
        """Back to the list, with what is wrong with their number."""
        flash(self.too_many if codes else self.none_chosen, "error")
        return go_to(Listing.read(request.args).url(workspace))

    def _find(self, workspace: Workspace, ids: Iterable[int]) -> list[Code]:
        return list_chosen_codes(workspace, possible_ids(ids, self.most + 1))


def possible_ids(given: Iterable[int], most: int) -> list[int]:
    """Each once, and only what a column can hold."""
    return sorted({number for number in given if 0 < number <= MAX_ID})[:most]
