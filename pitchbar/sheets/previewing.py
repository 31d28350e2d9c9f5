"""A page of a sheet as SVG: what is seen before the download."""

from collections.abc import Iterator

from pitchbar.sheets.pages import Printed, Sheet
from pitchbar.sheets.planning import Mark, Slot
from pitchbar.symbols.paths import Path, transformed
from pitchbar.symbols.svg import path_data, symbol_fragment

_PARTS = 100  # of an em, so that three decimals are enough for outlines


def preview(sheet: Sheet, page: int) -> bytes:
    """Grey hairlines show the edges of labels, which are not printed."""
    plan = sheet.plan
    printed = list(sheet.page(page))
    symbols = {one.item: one.drawing for one in printed}
    defs = "".join(
        f'<symbol id="code-{item}" viewBox="0 0 {drawing.width} {drawing.height}">'
        f"{symbol_fragment(drawing)}</symbol>"
        for item, drawing in symbols.items()
    )
    edges = "".join(_edge(slot) for slot in plan.slots)
    letters: dict[Path, str] = {}
    body = "".join(part for one in printed for part in _filled(sheet, one, letters))
    defs += "".join(
        f'<path id="{name}" d="{path_data(transformed(path, _PARTS, 0, 0))}"/>'
        for path, name in letters.items()
    )
    marks = "".join(_mark(mark) for mark in plan.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{4 * plan.width:g}"'
        f' height="{4 * plan.height:g}" viewBox="0 0 {plan.width:g} {plan.height:g}">'
        f"<defs>{defs}</defs>"
        f'<path fill="#fff" d="M0 0H{plan.width:g}V{plan.height:g}H0z"/>{body}{edges}{marks}</svg>'
    ).encode()


def _filled(sheet: Sheet, printed: Printed, letters: dict[Path, str]) -> Iterator[str]:
    slot, symbol, options = printed.slot, printed.content.symbol, sheet.plan.options
    if slot.is_turned:
        matrix = f"matrix(-1 0 0 -1 {slot.x + slot.width:.4f} {slot.y + slot.height:.4f})"
    else:
        matrix = f"translate({slot.x:.4f} {slot.y:.4f})"
    yield f'<g transform="{matrix}">'
    if printed.ground:
        out = options.bleed
        yield (
            f'<rect x="{-out:g}" y="{-out:g}" width="{slot.width + 2 * out:g}"'
            f' height="{slot.height + 2 * out:g}" fill="{printed.ground}"/>'
        )
    yield (
        f'<use href="#code-{printed.item}" x="{symbol.x:.4f}" y="{symbol.y:.4f}"'
        f' width="{symbol.width:.4f}" height="{symbol.height:.4f}"/>'
    )
    yield f'<g fill="{options.caption_colour}">'
    for text in printed.content.texts:
        for glyph in text.glyphs:
            name = letters.setdefault(glyph.path, f"letter-{len(letters)}")
            x, y, scale = glyph.x + text.x, glyph.y + text.y, glyph.size / _PARTS
            at = f"translate({x:.3f} {y:.3f}) scale({scale:.5f})"
            yield f'<use href="#{name}" transform="{at}"/>'
    yield "</g>"
    yield "</g>"


def _edge(slot: Slot) -> str:
    return (
        f'<rect x="{slot.x:.3f}" y="{slot.y:.3f}" width="{slot.width:.3f}"'
        f' height="{slot.height:.3f}" fill="none" stroke="#c9ccd3" stroke-width=".2"/>'
    )


def _mark(mark: Mark) -> str:
    dash = ' stroke-dasharray="1 1"' if mark.is_fold else ""
    return (
        f'<path d="M{mark.x1:.3f} {mark.y1:.3f}L{mark.x2:.3f} {mark.y2:.3f}"'
        f' stroke="#000" stroke-width=".1"{dash}/>'
    )
