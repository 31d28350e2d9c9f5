"""Whether a symbol is read at all, by both decoders, before anything happens to it."""

from dataclasses import dataclass
from typing import Any

from pitchbar.scan_check.camera import Print, encoded, resized
from pitchbar.scan_check.decoders import read_opencv, read_zxing

Pixels = Any
# Pixels of a module. What is read at one of them is readable: how large it is in the picture is
# chosen by whoever holds the phone. OpenCV finds symbols at these best: of 48 with other shapes and
# logos it read 46 at 6 and 47 at 10, but 36 at 8 and 34 at 5.
_SIZES = (6, 10, 8)


@dataclass(frozen=True)
class Undamaged:
    """Attributes:
    read: by decoder.
    other_text: one of them read something else.
    but_for_eyes: OpenCV reads it once its eyes are drawn as the norm draws them. Its finder takes
        the hull of an eye for a square and goes wrong on round ones, which ZXing, and phones,
        know; such a symbol is weak and not broken.
    """

    read: dict[str, bool]
    other_text: bool
    but_for_eyes: bool

    @property
    def fails(self) -> bool:
        opencv = self.read["OpenCV"] or self.but_for_eyes
        return self.other_text or not (self.read["zxing-cpp"] and opencv)


def read_undamaged(sheet: Print, text: str) -> Undamaged:
    """`sheet` is paper with the symbol on it."""
    looks = [_clean(sheet, size) for size in _SIZES]
    zxing = _first(read_zxing, looks, text)
    opencv = _first(read_opencv, looks, text)
    but_for_eyes = zxing == text and opencv is None and _opencv_of_squares(sheet, text)
    others = {zxing, opencv} - {text, None}
    return Undamaged(
        {"zxing-cpp": zxing == text, "OpenCV": opencv == text}, bool(others), but_for_eyes
    )


def opencv_reads(sheet: Print, text: str) -> bool:
    """At one size alone."""
    return read_opencv(_clean(sheet, _SIZES[0])) == text


def _clean(sheet: Print, size: float) -> Pixels:
    import cv2

    light = resized(sheet, size).light if size != sheet.pixels else sheet.light
    return encoded(cv2.GaussianBlur(light, (0, 0), 0.7))


def _first(read: Any, looks: list[Pixels], text: str) -> str | None:
    """The text if any look has it, else what else was read, else None."""
    other = None
    for look in looks:
        found: str | None = read(look)
        if found == text:
            return text
        other = other or found
    return other


def _opencv_of_squares(sheet: Print, text: str) -> bool:
    import numpy as np

    light = sheet.light.copy()
    far = sheet.side - 7 * sheet.pixels
    for x, y in ((0.0, 0.0), (far, 0.0), (0.0, far)):
        left, top = round(sheet.left + x), round(sheet.top + y)
        module = sheet.pixels
        eye = light[top : top + round(7 * module), left : left + round(7 * module)]
        dark, bright = np.percentile(eye, (10, 95))
        for inset, value in ((0, dark), (1, bright), (2, dark)):
            cut = round(inset * module)
            eye[cut : len(eye) - cut, cut : len(eye) - cut] = value
    redrawn = Print(light, sheet.pixels, sheet.left, sheet.top, sheet.side, sheet.modules)
    return any(read_opencv(_clean(redrawn, size)) == text for size in _SIZES)
