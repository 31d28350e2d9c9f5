"""Print sheets: what is on them, where, how large, and in which inks."""

import io
import re
from typing import Any

import numpy as np
import pypdfium2
import pytest
import resvg_py
import zxingcpp
from PIL import Image
from pydantic import ValidationError

from pitchbar.sheets.formats import LABELS
from pitchbar.sheets.options import SheetOptions, field_errors
from pitchbar.sheets.printing import (
    SheetItem,
    find_too_small,
    plan_sheet,
    preview_page,
    print_sheet,
)
from pitchbar.symbols.design import PLAIN, Design
from tests.symbols.pictures import png_logo, styled

DOT = 25.4 / 300  # mm


def make_items(count: int, design: Design = PLAIN, **captions: str) -> list[SheetItem]:
    return [
        SheetItem(
            code_id=at,
            name=f"Table {at}",
            short_link=f"go.example/t{at}",
            text=f"https://go.example/t{at}",
            design=design,
            captions=captions,
        )
        for at in range(count)
    ]


def draw(pdf: bytes, page: int = 0) -> Image.Image:
    """At 300 dpi."""
    drawn: Image.Image = pypdfium2.PdfDocument(pdf)[page].render(scale=300 / 72).to_pil()
    return drawn.convert("RGB")


def read(picture: Image.Image) -> dict[str, tuple[float, float]]:
    """Where the middle of each symbol is, in mm."""
    found = {}
    for one in zxingcpp.read_barcodes(picture):
        corners = [getattr(one.position, name) for name in ("top_left", "bottom_right")]
        x, y = (sum(getattr(corner, axis) for corner in corners) / 2 * DOT for axis in "xy")
        found[one.text] = (x, y)
    return found


@pytest.mark.parametrize(("label", "places"), [("L7160", 21), ("L7651", 65), ("L4731", 189)])
def test_every_label_holds_its_code_within_its_edges(label: Any, places: int) -> None:
    options = SheetOptions(label=label)
    plan = plan_sheet(options)
    assert len(plan.slots) == places
    found = read(draw(print_sheet(plan, make_items(places))))
    assert len(found) == places
    for at, slot in enumerate(plan.slots):
        x, y = found[f"https://go.example/t{at}"]
        assert slot.x < x < slot.x + slot.width
        assert slot.y < y < slot.y + slot.height


@pytest.mark.parametrize("label", LABELS)
def test_labels_that_are_sold_stay_on_the_paper_and_apart(label: str) -> None:
    one = LABELS[label]
    assert one.left + (one.columns - 1) * one.pitch_x + one.width <= one.page[0]
    assert one.top + (one.rows - 1) * one.pitch_y + one.height <= one.page[1]
    assert one.pitch_x >= one.width
    assert one.pitch_y >= one.height


def test_half_used_sheet_copies_and_pages() -> None:
    plan = plan_sheet(SheetOptions(start_position=20, copies=2))
    items = make_items(3)
    pdf = print_sheet(plan, items)
    assert plan.count_pages(3) == len(pypdfium2.PdfDocument(pdf)) == 2
    first, second = read(draw(pdf, 0)), read(draw(pdf, 1))
    assert set(first) == {"https://go.example/t0"}
    assert set(second) == {"https://go.example/t1", "https://go.example/t2"}
    slot = plan.slots[19]
    picture = np.asarray(draw(pdf, 0))
    assert picture[: int((slot.y - 0.2) / DOT)].min() == 255


def test_each_code_is_drawn_once_however_often_it_is_printed() -> None:
    plan = plan_sheet(SheetOptions(captions=()))
    one = print_sheet(plan, make_items(1))
    many = print_sheet(plan_sheet(SheetOptions(captions=(), copies=500)), make_items(1))
    assert len(many) < len(one) + 24 * 2500
    assert len(pypdfium2.PdfDocument(many)) == 24


def test_numbers_run_on_and_change_the_picture() -> None:
    options = SheetOptions(captions=("number",), number_start=7, number_prefix="No. ", copies=2)
    plan = plan_sheet(options)
    pdf = draw(print_sheet(plan, make_items(1)))
    labels = [
        pdf.crop((s.x / DOT, s.y / DOT, (s.x + s.width) / DOT, (s.y + s.height) / DOT))
        for s in plan.slots[:2]
    ]
    assert (
        np.abs(np.asarray(labels[0], int) - np.asarray(labels[1].resize(labels[0].size), int)).max()
        > 200
    )


@pytest.mark.parametrize("paper", ["A4", "A5", "A6"])
def test_tents_face_both_ways(paper: Any) -> None:
    plan = plan_sheet(SheetOptions(kind="tents", paper=paper, headline="Scan me"))
    pdf = print_sheet(plan, make_items(2))
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    picture = draw(pdf)
    half = picture.height // 2
    upper, lower = picture.crop((0, 0, picture.width, half)), picture.crop((0, half, *picture.size))
    assert len(read(lower)) == 1
    turned = np.asarray(upper.rotate(180).resize(lower.size).convert("L"), int)
    assert (np.abs(turned - np.asarray(lower.convert("L"), int)) > 128).mean() < 0.03


@pytest.mark.parametrize("paper", ["A4", "A3", "A2"])
def test_posters_are_as_large_as_their_paper(paper: Any) -> None:
    options = SheetOptions(kind="posters", paper=paper, headline="Scan to see the menu")
    page = pypdfium2.PdfDocument(print_sheet(plan_sheet(options), make_items(1)))[0]
    width, height = options.paper_size
    assert page.get_width() == pytest.approx(width * 72 / 25.4, abs=0.1)
    assert page.get_height() == pytest.approx(height * 72 / 25.4, abs=0.1)


def test_bleed_and_crop_marks_lie_outside_of_what_is_cut() -> None:
    options = SheetOptions(kind="posters", paper="A4", bleed=3, crop_marks=True)
    plan = plan_sheet(options)
    pdf = print_sheet(plan, make_items(1, Design(background="#ffe082")))
    assert plan.trim == (8, 8, 210, 297)
    boxes = [
        [float(part) * 25.4 / 72 for part in found.split()]
        for found in re.findall(r"/(?:Trim|Bleed)Box\[(.*?)\]", pdf.decode("latin-1"))
    ]
    assert boxes[0] == pytest.approx([8, 8, 218, 305], abs=0.01)
    assert boxes[1] == pytest.approx([5, 5, 221, 308], abs=0.01)
    picture = np.asarray(draw(pdf).convert("L"))

    def at(x: float, y: float) -> int:
        around = picture[int(y / DOT) - 1 : int(y / DOT) + 2, int(x / DOT) - 1 : int(x / DOT) + 2]
        return int(around.min())

    assert 180 < at(6, 100) < 250, "the colour goes on into the bleed"
    assert at(4, 100) == 255, "and ends there"
    assert at(8, 2) < 200, "a mark stands above the corner"
    assert at(8, 6) > 180, "and not within the bleed"


def test_captions_stay_within_the_safe_area() -> None:
    items = [
        SheetItem(1, ("Ein sehr langer Name " * 20)[:255], "go.example/t1", "https://a.co", PLAIN)
    ]
    for label in ("L7160", "L7651", "L4731"):
        options = SheetOptions(label=label, captions=("name", "short_link", "number"))
        plan = plan_sheet(options)
        slot = plan.slots[0]
        picture = np.asarray(draw(print_sheet(plan, items)).convert("L")) < 128
        rows, columns = np.nonzero(picture)
        safe = options.safe_of(slot.width, slot.height) - 2 * DOT
        assert columns.min() * DOT >= slot.x + safe
        assert columns.max() * DOT <= slot.x + slot.width - safe
        assert rows.min() * DOT >= slot.y + safe
        assert rows.max() * DOT <= slot.y + slot.height - safe


def test_preview_is_the_page() -> None:
    options = SheetOptions(captions=("name", "campaign"), crop_marks=True)
    plan = plan_sheet(options)
    items = [
        SheetItem(
            at, f"Ort {at}", "go.example", f"https://go.example/{at}", styled(2 * at), None, {}
        )
        for at in range(21)
    ]
    svg = preview_page(plan, items)
    shown = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=840)
    preview = Image.open(io.BytesIO(bytes(shown))).convert("L")
    printed = draw(print_sheet(plan, items)).convert("L").resize(preview.size, Image.Resampling.BOX)
    differing = np.abs(np.asarray(preview, int) - np.asarray(printed, int)) > 110
    assert differing.mean() < 0.004


def test_all_of_it_is_printed_in_process_inks() -> None:
    items = make_items(3, Design(frame="label", frame_text="Scan me", logo="x"))
    pdf = print_sheet(plan_sheet(SheetOptions(crop_marks=True)), items)
    for page in range(len(pypdfium2.PdfDocument(pdf))):
        grey = np.asarray(draw(pdf, page), int)
        assert np.ptp(grey, axis=2).max() <= 6
    assert b"DeviceRGB" not in pdf


def test_same_sheet_is_the_same_bytes() -> None:
    plan = plan_sheet(SheetOptions())
    items = [SheetItem(1, "a", "b", "https://a.co", styled(3), png_logo(alpha=True), {})]
    assert print_sheet(plan, items) == print_sheet(plan, items)


def test_symbols_smaller_than_they_are_read_are_told() -> None:
    plan = plan_sheet(SheetOptions(label="L4731"))
    items = make_items(3)
    found = find_too_small(plan, items, {0: 15.0, 1: 5.0, 2: None})
    assert [one.code_id for one in found] == [0]
    assert 5 < found[0].printed_mm < 10
    # The symbol on paper, its quiet zone included, is that large.
    picture = np.asarray(draw(print_sheet(plan, items[:1])).convert("L")) < 128
    _, columns = np.nonzero(picture[:, : int((plan.slots[0].x + found[0].printed_mm + 1.2) / DOT)])
    modules = 25
    symbol = (columns.max() - columns.min() + 1) * DOT
    assert symbol * (modules + 8) / modules == pytest.approx(found[0].printed_mm, rel=0.06)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "posters", "paper": "A6"}, "paper"),
        ({"kind": "tents", "paper": "A2"}, "paper"),
        ({"label": "own", "columns": 40}, "columns"),
        ({"label": "own", "rows": 60}, "rows"),
        ({"start_position": 22}, "start_position"),
        ({"label": "own", "label_width": 1}, "label_width"),
        ({"label": "L4731", "safe_area": 4}, "safe_area"),
        ({"copies": 0}, "copies"),
        ({"captions": ("secret",)}, "captions"),
        ({"bleed": -1}, "bleed"),
        ({"label": "L9999"}, "label"),
        ({"label_width": float("nan")}, "label_width"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SheetOptions(**values)
    assert list(field_errors(refused.value)) == [field]


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        SheetOptions.model_validate({"copies": 0, "bleed": 99, "paper": "B5"})
    assert set(field_errors(refused.value)) == {"copies", "bleed", "paper"}


def test_no_codes_make_an_empty_page() -> None:
    assert len(pypdfium2.PdfDocument(print_sheet(plan_sheet(SheetOptions()), []))) == 1
