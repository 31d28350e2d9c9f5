"""The one change that would help a design most, found by trying."""

from dataclasses import replace
from itertools import islice
from time import perf_counter

from pitchbar.scan_check.camera import DARK_GROUND, PAPER, printed
from pitchbar.scan_check.changes import Change, likely_changes
from pitchbar.scan_check.checking import check_symbol, pixels_for, survived_levels
from pitchbar.scan_check.damages import DAMAGES
from pitchbar.scan_check.reports import ScanReport
from pitchbar.scan_check.scoring import WEIGHTS
from pitchbar.scan_check.undamaged import read_undamaged
from pitchbar.symbols.design import Design
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.matrix import TextTooLong
from pitchbar.symbols.rendering import draw_symbol, to_image

_MOST_TRIED = 4
_GOOD = 80  # points from which nothing is looked for
_LEAST_GAIN = 4  # points; less is chance
# A symbol that both decoders read undamaged is worth this many points more than one that they do
# not.
_READ = 40
_KINDS = ("blur", "low_light", "contrast", "size", "perspective", "cover")
# The kinds that tell designs apart best for their time, each with one look at a level.
_TRIED = tuple(
    replace(damage, looks=3, needed=3)
    if damage.kind == "cover"
    else replace(damage, looks=1, needed=1)
    for damage in DAMAGES
    if (looks := {"cover": 3}.get(damage.kind, 1)) and damage.kind in _KINDS
)


def check_design(text: str, design: Design, logo: Logo | None) -> ScanReport:
    """The whole check. Raises TextTooLong where no symbol holds `text`."""
    began = perf_counter()
    drawing = draw_symbol(text, design, logo)
    report = check_symbol(text, drawing, design.quiet_zone)
    change = _best_change(text, design, logo, report)
    if change:
        report = replace(report, advice=change.sentence, advice_change=change.fields)
    return replace(report, milliseconds=round((perf_counter() - began) * 1000))


def _best_change(text: str, design: Design, logo: Logo | None, report: ScanReport) -> Change | None:
    settled = report.verdict == "passes"
    if settled and report.score >= _GOOD:
        return None
    now = _points(text, design, logo)
    best, most = None, now + _LEAST_GAIN
    for change in islice(likely_changes(design), _MOST_TRIED):
        try:
            points = _points(text, design.model_copy(update=change.fields), logo)
        except TextTooLong:
            continue
        # What passes already is not made larger, or other than people wanted it, for little.
        least = most + _LEAST_GAIN if settled and best is None else most
        if points >= least:
            best, most = change, points
    return best


def _points(text: str, design: Design, logo: Logo | None) -> float:
    """Of a shorter check; only to be compared with each other."""
    import numpy as np

    drawing = draw_symbol(text, design, logo)
    pixels, box = pixels_for(drawing), drawing.symbol_box
    picture = np.asarray(to_image(drawing, pixels))
    ground = PAPER if drawing.background is None else DARK_GROUND
    on_paper = printed(picture, pixels, (box.x, box.y), drawing.modules, PAPER)
    on_ground = printed(picture, pixels, (box.x, box.y), drawing.modules, ground)
    points = sum(
        WEIGHTS[damage.kind] * survived_levels(damage, on_ground, text) / len(damage.levels)
        for damage in _TRIED
    ) * (100 / sum(WEIGHTS[damage.kind] for damage in _TRIED))
    read = read_undamaged(on_paper, text)
    return points + (0 if read.fails else _READ / 2) + (_READ / 2 if all(read.read.values()) else 0)
