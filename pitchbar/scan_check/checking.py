"""The scan check: whether the printed symbol will be read, and how much may happen to it before.

A level of damage is survived where zxing-cpp reads the picture. OpenCV's decoder must read the
symbol undamaged. Under damage it is no measure of phones: of the plain black symbol of segno it
read 75 % of the pictures of all kinds and levels where zxing-cpp read 83 %, of those out of focus
40 % where that read 69 %; of other shapes it read far less still (`bin/bench studio` measures it).
"""

import io
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pitchbar.scan_check.camera import (
    DARK_GROUND,
    DEEP_INK,
    DISTANCE_MM,
    MASTER,
    PAPER,
    PHONE,
    Print,
    printed,
)
from pitchbar.scan_check.damages import DAMAGES, Damage
from pitchbar.scan_check.decoders import read_zxing
from pitchbar.scan_check.reports import MODEL, ScanReport, Survival
from pitchbar.scan_check.scoring import score_of, verdict_of
from pitchbar.scan_check.smallest import MISSED, side_in_mm, smallest_pixels
from pitchbar.scan_check.undamaged import read_undamaged

if TYPE_CHECKING:
    from pitchbar.symbols.drawing import Drawing

Pixels = Any
_MOST_PIXELS = 1600  # on a side of the print; symbols of many modules are drawn coarser
_PICTURE_SIDE = 112
_PICTURE_BYTES = 3000


def check_symbol(text: str, drawing: "Drawing", quiet_zone: int | None = None) -> ScanReport:
    """Everything but the advice, which needs the design; see `advice.check_design`.

    Args:
        quiet_zone: modules that count as the symbol's own in `smallest_mm`; None: those between
            the symbol and the edge of the drawing, 4 at most.
    """
    from pitchbar.symbols.rendering import to_image

    pixels = pixels_for(drawing)
    box = drawing.symbol_box
    quiet = min(int(box.x), 4) if quiet_zone is None else quiet_zone
    return check_image(
        to_image(drawing, pixels),
        text,
        pixels,
        (box.x, box.y),
        drawing.modules,
        quiet_zone=quiet,
        opaque=drawing.background is not None,
    )


def pixels_for(drawing: "Drawing") -> int:
    most = max(drawing.width, drawing.height)
    return int(max(4, min(MASTER, _MOST_PIXELS // most)))


def check_image(
    image: Any,
    text: str,
    pixels: int,
    symbol_at: tuple[float, float],
    modules: int,
    *,
    quiet_zone: int = 4,
    opaque: bool = True,
) -> ScanReport:
    """Of an RGB picture with `pixels` for a module; the symbol has its left and top at `symbol_at`,
    in modules. `opaque` is one with a background of its own.
    """
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    began = perf_counter()
    picture = np.asarray(image)
    on_paper = printed(picture, pixels, symbol_at, modules, PAPER)
    on_ground = printed(picture, pixels, symbol_at, modules, DARK_GROUND) if opaque else on_paper
    undamaged = read_undamaged(on_paper, text)
    survivals = tuple(survival(damage, on_ground, text) for damage in DAMAGES)
    score = 0 if undamaged.fails else score_of(survivals)
    deeper = printed(picture, pixels, symbol_at, modules, PAPER, DEEP_INK)
    least, held = None, False
    if undamaged.read["zxing-cpp"]:
        # Round eyes are read or not by chance more than by size: one look may fail, and not two.
        allowed = 1 if undamaged.but_for_eyes else MISSED
        least = smallest_pixels((on_paper, deeper), text, allowed)
        held = least is not None or smallest_pixels((on_paper,), text) is not None
    return ScanReport(
        verdict=verdict_of(
            score,
            survivals,
            # Read in a drawing program, and by no phone in an evening's light at any size.
            fails=undamaged.fails or not held,
            # Read, but not at any size on each printer.
            weak=undamaged.but_for_eyes or least is None,
        ),
        score=score,
        decoders=undamaged.read,
        survivals=survivals,
        smallest_mm=None if least is None else side_in_mm(least, modules + 2 * quiet_zone),
        distance_mm=DISTANCE_MM,
        phone=PHONE.name,
        advice="",
        advice_change={},
        model=MODEL,
        milliseconds=round((perf_counter() - began) * 1000),
    )


def survived_levels(damage: Damage, sheet: Print, text: str) -> int:
    """In a row, from the least on; at each, as few pictures are taken as decide it."""
    for number, level in enumerate(damage.levels):
        missed = 0
        for look in range(damage.looks):
            missed += read_zxing(damage.seen(sheet, level, look)) != text
            if missed > damage.looks - damage.needed:
                return number
            if look + 1 - missed >= damage.needed:
                break
    return len(damage.levels)


def survival(damage: Damage, sheet: Print, text: str) -> Survival:
    survived = survived_levels(damage, sheet, text)
    level = damage.levels[max(0, survived - 1)]
    return Survival(
        damage.kind,
        len(damage.levels),
        survived,
        damage.words(level) if survived else "",
        picture_of(damage.seen(sheet, level, 0)),
    )


def picture_of(grey: Pixels) -> bytes:
    """A small WebP of what the camera saw."""
    from PIL import Image

    picture = Image.fromarray(grey)
    way = Image.Resampling.NEAREST if picture.width < _PICTURE_SIDE else Image.Resampling.BOX
    height = max(1, round(picture.height * _PICTURE_SIDE / picture.width))
    picture = picture.resize((_PICTURE_SIDE, height), way)
    for quality in (50, 25, 5, 0):
        out = io.BytesIO()
        picture.save(out, "webp", quality=quality, method=0)
        if out.tell() <= _PICTURE_BYTES:
            break
    return out.getvalue()
