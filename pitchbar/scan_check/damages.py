"""What happens to a printed symbol before, and while, a phone looks at it.

Each kind has six levels, each worse than the one before, and is looked at with everything else as
`camera.py` says, at four pixels for a module: a symbol of a usual link, 30 mm wide, at 300 mm. The
hardest levels are such that a plain black symbol fails some of them, so that there is room for
designs to differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sin, sqrt
from typing import Any

from pitchbar.scan_check.camera import DARK_GROUND, ELECTRONS, Print, exposed, normal, resized
from pitchbar.scan_check.reports import DamageKind

Pixels = Any
PIXELS = 4  # of a module, in the pictures of all kinds but "size"
_LIT_ROOM_LUX = 300
_VIEWED_FROM = 3.0  # sides of the symbol, for perspective
_EYE = 8  # modules of an eye and the light line around it


@dataclass(frozen=True)
class Damage:
    """Attributes:
    levels: each a figure of the kind's own, worse and worse.
    words: what is said of a level, with its figure in it.
    looks: how many pictures are taken at a level, each with another noise and place; `needed` of
        them must be read.
    """

    kind: DamageKind
    levels: tuple[float, ...]
    words: Callable[[float], str]
    seen: Callable[[Print, float, int], Pixels]
    looks: int = 3
    needed: int = 2


def warped(sheet: Print, matrix: Pixels, size: tuple[int, int]) -> Pixels:
    """`matrix` takes pixels of the sheet to those of a picture `size` wide and high. It is drawn
    twice as fine, and each pixel is the mean of four.
    """
    import cv2
    import numpy as np

    finer = np.diag([2.0, 2.0, 1.0]) @ matrix
    ground = float(sheet.light[0, 0])
    drawn = cv2.warpPerspective(
        sheet.light, finer, (size[0] * 2, size[1] * 2), borderMode=cv2.BORDER_CONSTANT,
        borderValue=ground,
    )  # fmt: skip
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


def seen_from(
    sheet: Print, pixels: float, *, tilt: float = 0, axis: float = 0, turn: float = 0,
    shift: tuple[float, float] = (0, 0),
) -> Pixels:  # fmt: skip
    """The sheet through a pinhole, `pixels` for a module in the middle of the symbol.

    Args:
        tilt, axis: degrees, about an axis in the sheet, which stands at `axis`.
        turn: degrees, in the plane.
        shift: pixels.
    """
    import numpy as np

    source = resized(sheet, min(sheet.pixels, pixels * 2)) if pixels < sheet.pixels / 3 else sheet
    scale = pixels / source.pixels
    middle_x, middle_y = source.left + source.side / 2, source.top + source.side / 2
    far = _VIEWED_FROM * source.side
    leaning, along, turned = radians(tilt), radians(axis), radians(turn)
    to_middle = np.array([[1, 0, -middle_x], [0, 1, -middle_y], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, cos(leaning), 0], [0, sin(leaning) / far, 1]])
    to_picture = _turn(turned) @ _turn(along) @ lean @ _turn(-along)
    height, width = source.light.shape
    room = abs(cos(turned)) + abs(sin(turned)) + 0.2 * sin(leaning)
    size = int(max(width, height) * scale * room) + 2
    place = np.array([[scale, 0, size / 2 + shift[0]], [0, scale, size / 2 + shift[1]], [0, 0, 1]])
    return warped(source, place @ to_picture @ to_middle, (size, size))


def _turn(angle: float) -> Pixels:
    import numpy as np

    return np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])


def _flat(sheet: Print, seed: int) -> Pixels:
    return seen_from(sheet, PIXELS, shift=(0.37 * seed % 1, 0.61 * seed % 1))


def _tilted(sheet: Print, degrees: float, seed: int) -> Pixels:
    return exposed(seen_from(sheet, PIXELS, tilt=degrees, axis=(0, 90, 35)[seed % 3]), seed)


def _turned(sheet: Print, degrees: float, seed: int) -> Pixels:
    return exposed(seen_from(sheet, PIXELS, turn=degrees + seed), seed)


def _blurred(sheet: Print, modules: float, seed: int) -> Pixels:
    return exposed(_flat(sheet, seed), seed, sigma=modules * PIXELS)


def _noisy(sheet: Print, share: float, seed: int) -> Pixels:
    light = _flat(sheet, seed)
    return exposed(light + normal(100 + seed, light.shape) * share, seed)


def _dim(sheet: Print, lux: float, seed: int) -> Pixels:
    return exposed(_flat(sheet, seed), seed, electrons=ELECTRONS * lux / _LIT_ROOM_LUX, sigma=1.0)


def _faded(sheet: Print, left: float, seed: int) -> Pixels:
    return exposed(_flat(sheet, seed) * left + (1 - left) * 0.5, seed)


def _small(sheet: Print, pixels: float, seed: int) -> Pixels:
    return exposed(
        seen_from(
            sheet, pixels, turn=(0, 7, -11)[seed % 3], shift=(0.3 * seed % 1, 0.7 * seed % 1)
        ),
        seed,
    )


def _round(sheet: Print, width: float, seed: int) -> Pixels:
    """Around a cylinder `width` times as wide as the symbol, upright, seen from afar."""
    import cv2
    import numpy as np

    radius = width * sheet.side / 2
    middle = sheet.left + sheet.side / 2
    height, wide = sheet.light.shape
    across = (np.arange(wide, dtype=np.float32) + 0.5 - middle) / radius
    inside = np.abs(across) < 0.999
    angle = np.arcsin(np.clip(across, -0.999, 0.999))
    columns = np.where(inside, angle * radius + middle - 0.5, -1e4).astype(np.float32)
    rows = np.arange(height, dtype=np.float32)
    light = cv2.remap(
        sheet.light, np.tile(columns, (height, 1)), np.tile(rows[:, None], (1, wide)),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=DARK_GROUND,
    )  # fmt: skip
    light *= np.sqrt(np.cos(angle), dtype=np.float32)
    bent = Print(light, sheet.pixels, sheet.left, sheet.top, sheet.side, sheet.modules)
    return exposed(_flat(bent, seed), seed)


def _covered(sheet: Print, share: float, seed: int) -> Pixels:
    import cv2

    radius = sqrt(share / pi) * sheet.side
    x, y = _place(sheet, radius, seed)
    light = sheet.light.copy()
    cv2.circle(light, (round(sheet.left + x), round(sheet.top + y)), round(radius), 0.3, cv2.FILLED)
    dirty = Print(light, sheet.pixels, sheet.left, sheet.top, sheet.side, sheet.modules)
    return exposed(_flat(dirty, seed), seed)


def _place(sheet: Print, radius: float, seed: int) -> tuple[float, float]:
    """Within the symbol, clear of the eyes; where there is no such place, the middle."""
    import numpy as np

    numbers = np.random.default_rng(1000 + seed)
    eye, far = _EYE * sheet.pixels, sheet.side - _EYE * sheet.pixels
    corners = ((0, 0, eye, eye), (far, 0, sheet.side, eye), (0, far, eye, sheet.side))
    for _ in range(60):
        x, y = numbers.uniform(radius, sheet.side - radius, 2)
        if all(
            hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom)) >= radius
            for left, top, right, bottom in corners
        ):
            return float(x), float(y)
    return sheet.side / 2, sheet.side / 2


DAMAGES = (
    Damage("perspective", (15, 25, 35, 45, 55, 65), "tilted by {:.0f}°".format, _tilted),
    Damage("rotation", (10, 25, 45, 90, 135, 180), "turned by {:.0f}°".format, _turned),
    Damage(
        "blur", (0.2, 0.3, 0.38, 0.45, 0.52, 0.6),
        "out of focus by {:.2g} modules".format, _blurred,
    ),
    Damage(
        "noise", (0.04, 0.08, 0.12, 0.17, 0.24, 0.32),
        lambda share: f"noise of {share:.0%} of the light", _noisy,
    ),
    Damage("low_light", (100, 50, 25, 15, 10, 5), "in a light of {:.2g} lux".format, _dim),
    Damage(
        "contrast", (0.7, 0.5, 0.35, 0.22, 0.14, 0.09),
        lambda left: f"faded to {left:.0%} of its contrast", _faded,
    ),
    Damage(
        "cover", (0.02, 0.03, 0.045, 0.06, 0.08, 0.12),
        lambda share: f"{share:.0%} of it covered, wherever", _covered, 5, 5,
    ),
    Damage("size", (3.5, 3, 2.6, 2.3, 2.0, 1.8), "{:.2g} pixels for a module".format, _small),
    Damage(
        "curve", (4, 3, 2, 1.5, 1.3, 1.1),
        "around a bottle {:.2g} times as wide".format, _round,
    ),
)  # fmt: skip
