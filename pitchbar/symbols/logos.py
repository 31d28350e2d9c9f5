"""An image in the middle of a symbol, ready to be drawn."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Logo:
    """`data` are the bytes of a clean PNG or JPEG (pixels), or of a clean SVG (vectors), already
    sanitised; `width` and `height` are pixels, or the units of the SVG's viewBox.
    """

    kind: Literal["png", "jpeg", "svg"]
    data: bytes
    width: float
    height: float
