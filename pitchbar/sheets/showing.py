"""A page of a sheet that is still being chosen, with what is wrong or too small on it."""

from collections.abc import Sequence
from typing import Any, overload

from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.sheets.forms import SheetForm
from pitchbar.sheets.making import item_of
from pitchbar.sheets.models import PrintSheet
from pitchbar.sheets.placing import SheetItem
from pitchbar.sheets.planning import SheetPlan, plan_sheet
from pitchbar.sheets.printing import find_too_small, preview_page
from pitchbar.sheets.services import read_options, smallest_sizes
from pitchbar.workspaces.models import Workspace

# So many designed codes of a page are compared with the size that their check named.
_CHECKED = 20
_NAMED = 2


class ItemsOfCodes(Sequence[SheetItem]):
    """Of a thousand codes, only those of the shown page are read and drawn."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._codes = codes
        self._read: dict[int, SheetItem] = {}

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, at: int) -> SheetItem: ...
    @overload
    def __getitem__(self, at: slice) -> list[SheetItem]: ...
    def __getitem__(self, at: int | slice) -> SheetItem | list[SheetItem]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if at not in self._read:
            self._read[at] = item_of(self._codes[at])
        return self._read[at]


def show_page(form: SheetForm, codes: Sequence[Code], asked: int = 1) -> dict[str, Any]:
    """For the template. `asked` counts from 1; past the end, the last page is shown.

    What is wrong with the form is put at its fields.
    """
    with form_errors(form):
        plan = plan_sheet(read_options(form.values()))
        if not form.errors:
            return _drawn(plan, codes, asked)
    return {"picture": None, "problems": form.problems()}


def _drawn(plan: SheetPlan, codes: Sequence[Code], asked: int) -> dict[str, Any]:
    pages = plan.count_pages(len(codes))
    page = min(max(asked, 1), pages)
    items = ItemsOfCodes(codes)
    here = _shown_codes(plan, page - 1, len(codes))
    small = find_too_small(plan, items[here], smallest_sizes(codes[here]))
    db.session.commit()
    svg = preview_page(plan, items, page - 1).decode()
    picture = Markup(svg)  # noqa: S704  # drawn by us; texts are outlines
    return {"picture": picture, "page": page, "pages": pages, "small": small, "problems": []}


def names_on(workspace: Workspace, sheets: Sequence[PrintSheet]) -> dict[int, str]:
    """By the id of each sheet: the first names on it, "Wine list, Menu and 4 more"."""
    first = {sheet.id: sheet.code_ids[:_NAMED] for sheet in sheets}
    wanted = {code_id for ids in first.values() for code_id in ids}
    named = {code.id: code.name for code in list_chosen_codes(workspace, sorted(wanted))}
    said = {}
    for sheet in sheets:
        names = [named[one] for one in first[sheet.id] if one in named]
        more = len(sheet.code_ids) - len(names)
        said[sheet.id] = ", ".join(names) + (f" and {more:,} more" if names and more else "")
    return said


def _shown_codes(plan: SheetPlan, page: int, count: int) -> slice:
    """Which of the codes stand on a page, the first ones of many."""
    start = max(0, page * plan.codes_per_page - plan.skipped)
    end = max(0, (page + 1) * plan.codes_per_page - plan.skipped)
    copies = plan.options.copies
    first, last = start // copies, min(count, -(-end // copies))
    return slice(first, min(last, first + _CHECKED))
