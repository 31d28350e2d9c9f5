"""Where everything stands on a sheet, in millimetres from the top left of the page."""

from dataclasses import dataclass
from math import ceil

from pitchbar.sheets.options import SheetOptions

MARK_LENGTH, MARK_GAP = 4.0, 1.0


@dataclass(frozen=True)
class Slot:
    """A place for one code. `is_turned`: upside down, as the half of a tent that faces away."""

    x: float
    y: float
    width: float
    height: float
    is_turned: bool = False


@dataclass(frozen=True)
class Mark:
    """A hairline to cut or to fold at."""

    x1: float
    y1: float
    x2: float
    y2: float
    is_fold: bool = False


@dataclass(frozen=True)
class SheetPlan:
    """Attributes:
    width, height: of the whole page, room for marks included.
    trim: left, top, width and height of what is left when it is cut.
    slots: of a page, in the order in which they are filled.
    codes_per_page: fewer than slots where one code fills several.
    """

    options: SheetOptions
    width: float
    height: float
    trim: tuple[float, float, float, float]
    slots: tuple[Slot, ...]
    codes_per_page: int
    marks: tuple[Mark, ...]

    def count_pages(self, items: int) -> int:
        filled = self.skipped + items * self.options.copies
        return ceil(filled / self.codes_per_page) if items else 0

    @property
    def skipped(self) -> int:
        """Labels of the first page that are used up."""
        return self.options.start_position - 1 if self.options.kind == "labels" else 0

    def find_index(self, page: int, place: int, items: int) -> int | None:
        """Which of all printed ones, counted from 0, stands at a place of a page."""
        index = page * self.codes_per_page + place - self.skipped
        return index if 0 <= index < items * self.options.copies else None


def plan_sheet(options: SheetOptions) -> SheetPlan:
    if options.kind == "labels":
        return _plan_labels(options)
    return _plan_page(options)


def _plan_labels(options: SheetOptions) -> SheetPlan:
    one = options.labels
    slots = tuple(
        Slot(one.left + column * one.pitch_x, one.top + row * one.pitch_y, one.width, one.height)
        for row in range(one.rows)
        for column in range(one.columns)
    )
    marks = _grid_marks(slots, one.page, options.bleed) if options.crop_marks else ()
    return SheetPlan(options, *one.page, (0.0, 0.0, *one.page), slots, len(slots), marks)


def _plan_page(options: SheetOptions) -> SheetPlan:
    """One code on a page. The page is larger than the paper's size by the bleed and the marks."""
    width, height = options.paper_size
    edge = options.bleed + (MARK_GAP + MARK_LENGTH if options.crop_marks else 0)
    page = (width + 2 * edge, height + 2 * edge)
    marks: tuple[Mark, ...] = ()
    whole = Slot(edge, edge, width, height)
    slots: tuple[Slot, ...] = (whole,)
    if options.crop_marks:
        marks = _grid_marks(slots, page, options.bleed)
    if options.kind == "tents":
        half = height / 2
        slots = (
            Slot(edge, edge + half, width, half),
            Slot(edge, edge, width, half, is_turned=True),
        )
        fold, reach = edge + half, 5.0
        marks += (
            Mark(edge, fold, edge + reach, fold, is_fold=True),
            Mark(edge + width - reach, fold, edge + width, fold, is_fold=True),
        )
    return SheetPlan(options, *page, (edge, edge, width, height), slots, 1, marks)


def _grid_marks(
    slots: tuple[Slot, ...], page: tuple[float, float], bleed: float
) -> tuple[Mark, ...]:
    """Around all labels, in the margins of the page, so that none is drawn upon."""
    left, top = min(slot.x for slot in slots), min(slot.y for slot in slots)
    right = max(slot.x + slot.width for slot in slots)
    bottom = max(slot.y + slot.height for slot in slots)
    away = bleed + MARK_GAP
    marks = []
    xs = sorted({round(x, 4) for slot in slots for x in (slot.x, slot.x + slot.width)})
    ys = sorted({round(y, 4) for slot in slots for y in (slot.y, slot.y + slot.height)})
    for starts, ends in (
        (max(0.0, top - away - MARK_LENGTH), top - away),
        (bottom + away, min(page[1], bottom + away + MARK_LENGTH)),
    ):
        marks += [Mark(x, starts, x, ends) for x in xs if ends > starts]
    for starts, ends in (
        (max(0.0, left - away - MARK_LENGTH), left - away),
        (right + away, min(page[0], right + away + MARK_LENGTH)),
    ):
        marks += [Mark(starts, y, ends, y) for y in ys if ends > starts]
    return tuple(marks)
