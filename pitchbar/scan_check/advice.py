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
from pitchbar.scan_check.undamaged import opencv_reads
from pitchbar.symbols.design import Design
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.matrix import TextTooLong
from pitchbar.symbols.rendering import draw_symbol, to_image

_MOST_TRIED = 4
_GOOD = 80  # points from which nothing is looked for
_LEAST_GAIN = 4  # points; less is chance
# A change after which both decoders read the symbol, where one did not, is worth so many points.
_READ = 40
# The kinds that tell designs apart best for their time, each with one look at a level; how much
# may be covered, too, where a logo already covers something.
_TRIED = tuple(
    replace(damage, looks=1, needed=1)
    for damage in DAMAGES
    if damage.kind in ("blur", "low_light", "contrast", "size", "perspective")
)
_COVER = tuple(replace(damage, looks=3, needed=3) for damage in DAMAGES if damage.kind == "cover")


def check_design(text: str, design: Design, logo: Logo | None) -> ScanReport:
    """The whole check. Raises TextTooLong where no symbol holds `text`."""
    began = perf_counter()
    drawing = draw_symbol(text, design, logo)
    report = check_symbol(text, drawing, design.quiet_zone)
    change = _best_change(text, design, logo, report, drawing.largest_logo_share)
    if change:
        report = replace(report, advice=change.sentence, advice_change=change.fields)
    return replace(report, milliseconds=round((perf_counter() - began) * 1000))


def _best_change(
    text: str,
    design: Design,
    logo: Logo | None,
    report: ScanReport,
    largest_share: float | None,
) -> Change | None:
    settled = report.verdict == "passes"
    if settled and report.score >= _GOOD:
        return None
    broken = not all(report.decoders.values())
    now = _points(text, design, logo, False)
    best, most = None, now + _LEAST_GAIN
    for change in islice(likely_changes(design, largest_share), _MOST_TRIED):
        try:
            points = _points(text, design.model_copy(update=change.fields), logo, broken)
        except TextTooLong:
            continue
        # What passes already is not made larger, or other than people wanted it, for little.
        least = most + _LEAST_GAIN if settled and best is None else most
        if points >= least:
            best, most = change, points
    return best


def _points(text: str, design: Design, logo: Logo | None, asks_opencv: bool) -> float:
    """Of a shorter check; only to be compared with each other. Whether OpenCV reads it is
    asked where that changes with the design: where it did not before.
    """
    import numpy as np

    drawing = draw_symbol(text, design, logo)
    pixels, box = pixels_for(drawing), drawing.symbol_box
    picture = np.asarray(to_image(drawing, pixels))
    ground = PAPER if drawing.background is None else DARK_GROUND
    sheet = printed(picture, pixels, (box.x, box.y), drawing.modules, ground)
    damages = _TRIED + _COVER if logo else _TRIED
    points = sum(
        WEIGHTS[damage.kind] * survived_levels(damage, sheet, text) / len(damage.levels)
        for damage in damages
    ) * (100 / sum(WEIGHTS[damage.kind] for damage in damages))
    if asks_opencv:
        on_paper = printed(picture, pixels, (box.x, box.y), drawing.modules, PAPER)
        points += _READ * opencv_reads(on_paper, text)
    return points
