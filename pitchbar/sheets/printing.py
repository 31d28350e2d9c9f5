"""Print sheets: the front door of this room.

A plan says where the places of a page are, a sheet fills them. The PDF is written by the same
writer as single symbols (`symbols/pdf_files.py`): vectors, CMYK, each code's drawing once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pitchbar.sheets.options import SheetOptions, field_errors
from pitchbar.sheets.pages import Printed, Sheet, TooSmall, printed_mm
from pitchbar.sheets.placing import SheetItem
from pitchbar.sheets.planning import Mark, SheetPlan, Slot, plan_sheet
from pitchbar.sheets.previewing import preview
from pitchbar.symbols.paths import Path, transformed
from pitchbar.symbols.pdf import add_form
from pitchbar.symbols.pdf_files import PdfFile
from pitchbar.symbols.printing import POINTS_PER_MM, inks, path_operators
from pitchbar.symbols.texts import PlacedGlyph

__all__ = [
    "SheetItem",
    "SheetOptions",
    "SheetPlan",
    "TooSmall",
    "field_errors",
    "find_too_small",
    "plan_sheet",
    "preview_page",
    "print_sheet",
]

_HAIRLINE = 0.1  # mm
_PARTS = 100  # of an em, so that three decimals are enough for outlines


def print_sheet(plan: SheetPlan, items: Sequence[SheetItem]) -> bytes:
    """A PDF; without items, of one empty page with its marks. Raises TextTooLong."""
    sheet = Sheet(plan, items)
    file = PdfFile()
    forms: dict[int, int] = {}
    letters = _Letters(file)
    for page in range(max(1, sheet.pages)):
        operators = [_to_points(plan)]
        shown = set()
        for printed in sheet.page(page):
            shown.add(printed.item)
            if printed.item not in forms:
                width = printed.content.symbol.width
                forms[printed.item] = add_form(file, printed.drawing, width)
            operators += _filled(plan, printed, letters)
        operators += [_mark(mark) for mark in plan.marks]
        named = " ".join(f"/C{item} {forms[item]} 0 R" for item in sorted(shown))
        left, top, width, height = plan.trim
        file.add_page(
            (plan.width * POINTS_PER_MM, plan.height * POINTS_PER_MM),
            "\n".join(operators),
            f"/XObject<<{named}{letters.take_named()}>>",
            trim=_box(plan, left, top, width, height, 0),
            bleed=_box(plan, left, top, width, height, plan.options.bleed),
        )
    return file.write()


def preview_page(plan: SheetPlan, items: Sequence[SheetItem], page: int = 0) -> bytes:
    """One page as SVG, from the same scene; `page` counts from 0."""
    return preview(Sheet(plan, items), page)


def find_too_small(
    plan: SheetPlan, items: Sequence[SheetItem], smallest_mm: Mapping[int, float | None]
) -> list[TooSmall]:
    """`smallest_mm` by the id of a code, from its scan check; codes without one are left out."""
    sheet = Sheet(plan, items)
    found: dict[int, TooSmall] = {}
    for page in range(sheet.pages):
        for printed in sheet.page(page):
            item = items[printed.item]
            least, size = smallest_mm.get(item.code_id), printed_mm(item, printed)
            if least is not None and size < least:
                found.setdefault(item.code_id, TooSmall(item.code_id, item.name, size, least))
    return list(found.values())


def _to_points(plan: SheetPlan) -> str:
    scale = POINTS_PER_MM
    return f"{scale:.8f} 0 0 {-scale:.8f} 0 {plan.height * scale:.5f} cm"


def _filled(plan: SheetPlan, printed: Printed, letters: "_Letters") -> Iterator[str]:
    slot, symbol = printed.slot, printed.content.symbol
    yield f"q {turn(slot)} cm"
    if printed.ground:
        yield f"{inks(printed.ground)} k {_area(slot, plan.options.bleed)} re f"
    scale = symbol.width / printed.drawing.width
    yield f"q {scale:.6f} 0 0 {scale:.6f} {symbol.x:.4f} {symbol.y:.4f} cm /C{printed.item} Do Q"
    yield f"{inks(plan.options.caption_colour)} k"
    for text in printed.content.texts:
        yield from (letters.show(glyph, text.x, text.y) for glyph in text.glyphs)
    yield "Q"


class _Letters:
    """Each sign once in a file, however often it is printed."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._forms: dict[Path, int] = {}
        # Comparing outlines is slow, and the same sign mostly has the same object.
        self._by_object: dict[int, tuple[Path, int]] = {}
        self._on_page: set[int] = set()

    def show(self, glyph: PlacedGlyph, x: float, y: float) -> str:
        form = self._find(glyph.path)
        self._on_page.add(form)
        scale = f"{glyph.size / _PARTS:.6f}"
        return f"q {scale} 0 0 {scale} {glyph.x + x:.4f} {glyph.y + y:.4f} cm /G{form} Do Q"

    def take_named(self) -> str:
        """What the page that is done used."""
        named = "".join(f"/G{form} {form} 0 R" for form in sorted(self._on_page))
        self._on_page = set()
        return named

    def _find(self, path: Path) -> int:
        known = self._by_object.get(id(path))
        if known:
            return known[1]
        if path not in self._forms:
            box = f"-{_PARTS} -{3 * _PARTS} {9 * _PARTS} {2 * _PARTS}"
            head = f"/Type/XObject/Subtype/Form/BBox[{box}]"
            large = path_operators(transformed(path, _PARTS, 0, 0))
            self._forms[path] = self._file.add_stream(head, f"{large} f".encode())
        self._by_object[id(path)] = (path, self._forms[path])
        return self._forms[path]


def turn(slot: Slot) -> str:
    """To the slot's own corner; of one upside down, that is the bottom right one."""
    if slot.is_turned:
        return f"-1 0 0 -1 {slot.x + slot.width:.4f} {slot.y + slot.height:.4f}"
    return f"1 0 0 1 {slot.x:.4f} {slot.y:.4f}"


def _area(slot: Slot, bleed: float) -> str:
    values = (-bleed, -bleed, slot.width + 2 * bleed, slot.height + 2 * bleed)
    return " ".join(f"{value:.4f}" for value in values)


def _mark(mark: Mark) -> str:
    dash = "[1 1] 0 d" if mark.is_fold else "[] 0 d"
    return (
        f"0 0 0 1 K {_HAIRLINE} w {dash} {mark.x1:.4f} {mark.y1:.4f} m"
        f" {mark.x2:.4f} {mark.y2:.4f} l S"
    )


def _box(plan: SheetPlan, left: float, top: float, width: float, height: float, out: float) -> Any:
    edges = (
        max(0.0, left - out),
        max(0.0, plan.height - top - height - out),
        min(plan.width, left + width + out),
        min(plan.height, plan.height - top + out),
    )
    return tuple(edge * POINTS_PER_MM for edge in edges)
