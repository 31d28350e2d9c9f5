"""How small a symbol may be printed.

The phone of `camera.py` looks at the sheet from nearly above, as people do who want to scan: turned
by up to 12°, tilted by up to 15°, each time with another noise and another place between pixels,
and half of the looks are at a print with deeper ink, beside which pale colours count as light.
A size holds when six of eight pictures are read, in a quarter of a lit room's light, and so do the
sizes above it; those at the top that do not are skipped, as people step back. What is told is
`MARGIN` times as large, for phones and printers that are a little worse. The rule of thumb of the
trade, a tenth of the distance, lies above it for short links.
"""

from collections.abc import Sequence

from pitchbar.scan_check.camera import DISTANCE_MM, ELECTRONS, PHONE, Print, exposed
from pitchbar.scan_check.damages import seen_from
from pitchbar.scan_check.decoders import read_zxing

MARGIN = 1.2
_LOOKS, MISSED = 8, 2  # a phone looks at thirty pictures a second
_LIGHT = 0.25  # of a lit room's: an evening's
# Pixels for a module. Larger ones are tried only where none of these is read.
_LADDER = (4.0, 3.6, 3.2, 2.9, 2.65, 2.45, 2.25, 2.1, 1.95, 1.8, 1.65, 1.5, 1.35)
_LARGER = (4.6, 5.4, 6.5, 8.0)


def smallest_pixels(sheets: Sequence[Print], text: str, missed: int = MISSED) -> float | None:
    """Pixels for a module that are still read, of all the prints; None where none are. `missed` is
    how many of the looks may fail.
    """
    least = None
    for pixels in _LADDER:
        if _holds(sheets, text, pixels, missed):
            least = pixels
        elif least is not None:
            break
    if least is None:
        least = next((pixels for pixels in _LARGER if _holds(sheets, text, pixels, missed)), None)
    return least


def _holds(sheets: Sequence[Print], text: str, pixels: float, most: int) -> bool:
    import numpy as np

    missed = 0
    numbers = np.random.default_rng(7)
    for look in range(_LOOKS):
        turn, tilt, axis, x, y = numbers.uniform((-12, 0, 0, 0, 0), (12, 15, 360, 1, 1))
        light = seen_from(
            sheets[look % len(sheets)], pixels, turn=turn, tilt=tilt, axis=axis, shift=(x, y)
        )
        missed += read_zxing(exposed(light, 50 + look, electrons=ELECTRONS * _LIGHT)) != text
        if missed > most:
            return False
    return True


def side_in_mm(pixels: float, modules: float, distance_mm: float = DISTANCE_MM) -> float:
    """Of what has `modules` on a side, with the margin; rounded up to half a millimetre."""
    side = pixels * MARGIN * modules / PHONE.pixels_per_mm(distance_mm)
    return -(-side * 2 // 1) / 2
