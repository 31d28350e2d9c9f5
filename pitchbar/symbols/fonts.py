"""The fonts that come with Pitchbar, and which of them has a sign."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, cast
from unicodedata import category

from pitchbar.symbols.paths import Path, Segment

if TYPE_CHECKING:
    import uharfbuzz as hb

_FOLDER = FilePath(__file__).with_name("fonts")
# Of several that have a sign, the first. What has the most signs comes last.
_FIRST, _LAST = (
    "NotoSans-Bold.ttf",
    (
        "NotoSansSymbols-Bold.ttf",
        "NotoSansSymbols2-Regular.ttf",
        "DroidSansFallback.ttf",
    ),
)


@dataclass(frozen=True)
class Face:
    """One font; lengths are in parts of an em, of which it has `units`."""

    name: str
    font: "hb.Font"
    units: int

    def has(self, sign: str) -> bool:
        return bool(self.font.get_nominal_glyph(ord(sign)))


@cache
def faces() -> tuple[Face, ...]:
    import uharfbuzz as hb

    names = sorted(path.name for path in _FOLDER.glob("*.ttf"))
    middle = [name for name in names if name != _FIRST and name not in _LAST]
    found = []
    for name in (_FIRST, *middle, *_LAST):
        face = hb.Face(hb.Blob.from_file_path(str(_FOLDER / name)))
        found.append(Face(name, hb.Font(face), face.upem))
    return tuple(found)


@lru_cache(maxsize=4096)
def find_face(sign: str) -> Face | None:
    return next((face for face in faces() if face.has(sign)), None)


def is_invisible(sign: str) -> bool:
    """Controls, joiners, marks of direction and selectors of variants: nothing is missing where
    no font has them.
    """
    return category(sign) in {"Cc", "Cf"} or "\ufe00" <= sign <= "\ufe0f"


@lru_cache(maxsize=4096)
def glyph_path(face: Face, glyph: int) -> Path:
    """In ems, y downward."""
    segments: list[Segment] = []
    face.font.draw_glyph(glyph, _pen(), segments)
    scale = 1 / face.units
    return tuple(
        (kind, tuple(value * (-scale if at % 2 else scale) for at, value in enumerate(values)))
        for kind, values in segments
    )


@cache
def _pen() -> "hb.DrawFuncs":
    import uharfbuzz as hb

    pen = hb.DrawFuncs()
    pen.set_move_to_func(_adder("M"))
    pen.set_line_to_func(_adder("L"))
    pen.set_cubic_to_func(_adder("C"))
    pen.set_quadratic_to_func(_quadratic)
    pen.set_close_path_func(lambda segments: segments.append(("Z", ())))
    return pen


def _adder(kind: str) -> Callable[..., None]:
    def add(*values: object) -> None:
        *numbers, segments = values
        cast("list[Segment]", segments).append((kind, cast("tuple[float, ...]", tuple(numbers))))

    return add


def _quadratic(cx: float, cy: float, x: float, y: float, segments: list[Segment]) -> None:
    """As a cubic, which all four formats know."""
    from_x, from_y = segments[-1][1][-2:]
    first = (from_x + 2 / 3 * (cx - from_x), from_y + 2 / 3 * (cy - from_y))
    second = (x + 2 / 3 * (cx - x), y + 2 / 3 * (cy - y))
    segments.append(("C", (*first, *second, x, y)))
