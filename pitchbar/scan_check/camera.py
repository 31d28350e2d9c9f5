"""How a printed symbol reaches a phone's sensor: the part of the simulation that damages share.

The model, and where its figures come from:

* **Paper and ink.** Paper reflects 0.88 of the light, black ink 0.04: between the lightest and the
  darkest that offset printing on office paper gives. Toner and glossy ink are deeper, a density of
  1.9 or 0.012 of the light; a colour of the design looks paler beside them. Ink spreads: dark
  edges grow by 3 % of a module on each side; that figure is ours, a few hundredths of a
  millimetre on a label.
* **Phone.** A 12-megapixel main camera (4:3) with a lens equivalent to 26 mm on 35 mm film, the
  figure that makers publish for common phones. The film's diagonal is 43.3 mm, so the long side of
  a 4:3 picture is 34.6 mm of it and sees 2·atan(17.3 / 26) = 67°. Scanners do not look for symbols
  in whole photos but in the preview, which is 1,920 pixels wide here. At 300 mm, the length of a
  forearm, that is 4.8 pixels for a millimetre.
* **Optics.** Lens, focus and the hand blur together as a Gaussian of 0.7 pixels.
* **Sensor.** Photon noise grows with the root of the light, read noise is constant. In a lit room
  white has 2,000 electrons in a pixel of the preview and the sensor reads with 3, which is a
  signal-to-noise ratio of about 45.
* **Ground.** A symbol with a background of its own may be stuck on anything, so its pictures show
  it on dark ground; what ISO/IEC 18004 asks for, four light modules around a symbol, must come from
  the design then. One without a background is printed on paper and lies on it.

Light is linear from 0 to 1 here; the picture that decoders get is encoded with a gamma of 2.2.
"""

from dataclasses import dataclass
from functools import cache
from math import atan, degrees
from typing import Any

Pixels = Any  # a numpy array; numpy is imported where it is used

PAPER, INK, DEEP_INK, DARK_GROUND = 0.88, 0.04, 0.012, 0.08
GAMMA = 2.2
OPTICS_SIGMA = 0.7
ELECTRONS, READ_NOISE = 2000.0, 3.0
DISTANCE_MM = 300
MASTER = 8  # pixels of a module in the print that all pictures are taken of
_INK_GAIN = 0.03
_MARGIN = 5  # modules of ground around the print


@dataclass(frozen=True)
class Phone:
    """`focal_mm` is the equivalent for 35 mm film, `across` the width of its preview in pixels."""

    name: str
    focal_mm: float
    across: int

    @property
    def view_degrees(self) -> float:
        return 2 * degrees(atan(43.267 * 0.8 / 2 / self.focal_mm))

    def pixels_per_mm(self, distance_mm: float) -> float:
        return self.across / (43.267 * 0.8 / self.focal_mm * distance_mm)


PHONE = Phone(
    "a phone with a 12-megapixel camera (26 mm lens, preview 1,920 pixels wide)", 26, 1920
)


@dataclass(frozen=True)
class Print:
    """A sheet with the symbol on it.

    Attributes:
        light: what it reflects, float32, `pixels` for a module.
        left, top: of the symbol without its quiet zone, in pixels; `side` likewise.
        modules: of the symbol on a side.
    """

    light: Pixels
    pixels: float
    left: float
    top: float
    side: float
    modules: int


def printed(
    image: Pixels,
    pixels: int,
    at: tuple[float, float],
    modules: int,
    ground: float,
    ink: float = INK,
) -> Print:
    """Of an sRGB picture with `pixels` for a module, whose symbol stands at `at`, in modules."""
    import cv2
    import numpy as np

    grey: Pixels = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    grey = grey.astype(np.float32) / 255
    light: Pixels = ink + (PAPER - ink) * np.power(grey, GAMMA)
    spread = cv2.erode(light, np.ones((3, 3), np.uint8))
    gained = min(1.0, _INK_GAIN * pixels)
    light = light * (1 - gained) + spread * gained
    margin = _MARGIN * pixels
    light = cv2.copyMakeBorder(
        light, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=ground
    )
    left, top = (float(side * pixels + margin) for side in at)
    return Print(light, pixels, left, top, float(modules * pixels), modules)


def resized(sheet: Print, pixels: float) -> Print:
    """The same at another resolution, each pixel the mean of what it covers."""
    import cv2

    factor = pixels / sheet.pixels
    height, width = sheet.light.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    light = cv2.resize(sheet.light, size, interpolation=way)
    x, y = size[0] / width, size[1] / height
    return Print(light, pixels, sheet.left * x, sheet.top * y, sheet.side * x, sheet.modules)


def exposed(
    light: Pixels, seed: int, *, electrons: float = ELECTRONS, sigma: float = OPTICS_SIGMA
) -> Pixels:
    """What the phone hands to a decoder: uint8. `electrons` are those of white in a pixel, `sigma`
    is the blur in pixels.
    """
    import cv2
    import numpy as np

    if sigma:
        light = cv2.GaussianBlur(light, (0, 0), sigma)
    noise = normal(seed, light.shape)
    deviation = np.sqrt(np.maximum(light, 0) * electrons + READ_NOISE**2) / electrons
    return encoded(light + noise * deviation)


def normal(seed: int, shape: tuple[int, ...]) -> Pixels:
    """The same numbers for the same seed; cut from a sheet of them, which is made once."""
    import numpy as np

    numbers = _numbers()
    count = shape[0] * shape[1]
    if count > len(numbers) // 2:
        return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    start = seed * 100_003 % (len(numbers) - count)
    return numbers[start : start + count].reshape(shape)


@cache
def _numbers() -> Pixels:
    import numpy as np

    return np.random.default_rng(19).standard_normal(1_000_000, dtype=np.float32)


def encoded(light: Pixels) -> Pixels:
    """Through a table, as the sensor's own 12 bits would be."""
    import numpy as np

    return _gamma()[(np.clip(light, 0, 1) * 4095).astype(np.uint16)]


@cache
def _gamma() -> Pixels:
    import numpy as np

    return (np.power(np.arange(4096) / 4095, 1 / GAMMA) * 255 + 0.5).astype(np.uint8)
