"""What the bench of the studio measures: its designs, the plain codes beside them, and a printer
and a phone that share nothing with those of the scan check.
"""

import io
import itertools
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import cv2
import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFilter

from pitchbar.scan_check.camera import DARK_GROUND, MASTER, Print, printed
from pitchbar.symbols.design import (
    Design,
    ErrorCorrection,
    EyeBallShape,
    EyeFrameShape,
    ModuleShape,
)
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import to_image

_LOGO_SHARES = (None, 0.15, 0.22, 0.3)
_COLOURS = ("#000000", "#1d3557", "#7a1f3d", "#2a9d8f", "#e76f51", "#9ab8a1")
_DPI = 600
_SHEET_MM = 15  # of white paper around the symbol


@dataclass(frozen=True)
class Case:
    text: str
    design: Design
    logo: Logo | None


def cases(sample: int | None, seed: int = 5) -> list[Case]:
    """Shapes by eyes by correction by logo sizes, all or `sample` of them by chance; a logo has a
    picture, and each design another link.
    """
    grid = list(
        itertools.product(
            get_args(ModuleShape),
            get_args(EyeFrameShape),
            get_args(EyeBallShape),
            get_args(ErrorCorrection),
            _LOGO_SHARES,
        )
    )
    numbers = random.Random(seed)
    chosen = numbers.sample(grid, min(sample or len(grid), len(grid)))
    return [
        Case(_link(numbers), _design(*parts), _logo() if parts[-1] else None) for parts in chosen
    ]


def coloured(designs: list[Case], seed: int = 6) -> Iterator[Case]:
    """The same with colours and quiet zones by chance, good and bad."""
    numbers = random.Random(seed)
    for case in designs:
        over: dict[str, Any] = {
            "foreground": numbers.choice(_COLOURS),
            "background": numbers.choice(("#ffffff", "#ffffff", None, "#f4e9d8", "#b8c4d0")),
            "quiet_zone": numbers.choice((1, 2, 4, 4, 6)),
        }
        if numbers.random() < 0.3:
            over |= {"eye_frame_colour": numbers.choice(_COLOURS)}
        if numbers.random() < 0.3:
            over |= {"gradient": "linear", "gradient_end": numbers.choice(_COLOURS)}
        yield Case(case.text, case.design.model_copy(update=over), case.logo)


def _link(numbers: random.Random) -> str:
    code = "".join(numbers.choices(string.ascii_lowercase + string.digits, k=7))
    return f"https://go.acme.example/t/{code}"


def _design(
    modules: ModuleShape,
    frame: EyeFrameShape,
    ball: EyeBallShape,
    correction: ErrorCorrection,
    share: float | None,
) -> Design:
    logo: dict[str, Any] = {"logo": "bench", "logo_share": share} if share else {}
    return Design(
        module_shape=modules,
        eye_frame_shape=frame,
        eye_ball_shape=ball,
        error_correction=correction,
        **logo,
    )


def _logo() -> Logo:
    picture = Image.new("RGB", (128, 128), "#ffffff")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, 124, 124), fill="#d62828")
    draw.rectangle((52, 28, 76, 100), fill="#fcbf49")
    out = io.BytesIO()
    picture.save(out, "png")
    return Logo("png", out.getvalue(), 128, 128)


def sheet_of(drawing: Drawing) -> Print:
    box = drawing.symbol_box
    picture = np.asarray(to_image(drawing, MASTER))
    return printed(picture, MASTER, (box.x, box.y), drawing.modules, DARK_GROUND)


def plain_sheet(text: str, correction: str) -> Print:
    """As segno draws it: black squares on white, four light modules around."""
    symbol = segno.make(text, error=correction, boost_error=False, micro=False)
    modules = len(symbol.matrix)
    cells = np.array([list(row) for row in symbol.matrix_iter(border=4)], dtype=np.uint8)
    grey = np.kron(np.where(cells, 0, 255).astype(np.uint8), np.ones((MASTER, MASTER), np.uint8))
    return printed(np.dstack([grey] * 3), MASTER, (4, 4), modules, DARK_GROUND)


def print_and_scan(drawing: Drawing, mm_per_module: float, pixels_per_mm: float, seed: int) -> Any:
    """Printed at 600 dpi on white paper and seen at a small angle by a phone: what the decoder
    gets, a JPEG's greys. Drawn by Pillow with bicubic steps, in the values of the file and not in
    light, with noise of the same size everywhere.
    """
    numbers = np.random.default_rng(9000 + seed)
    dots = max(1, round(mm_per_module * _DPI / 25.4))
    picture = to_image(drawing, dots).convert("L")
    margin = round(_SHEET_MM / 25.4 * _DPI / 3)
    sheet = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 255)
    sheet.paste(picture, (margin, margin))
    # The printer gives the asked size: its dots are not ours.
    scale = mm_per_module / dots * pixels_per_mm
    wide, high = (max(8, round(side * scale)) for side in sheet.size)
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    angle = np.radians(numbers.uniform(-10, 10))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([wide, high]) / 2
    moved = (
        (corners - middle) @ turn.T + middle + numbers.uniform(-0.03, 0.03, (4, 2)) * (wide, high)
    )
    moved -= moved.min(axis=0)
    size = int(moved[:, 0].max()) + 2, int(moved[:, 1].max()) + 2
    # Four times as fine, by Pillow's own warp, which wants the way back.
    back = cv2.getPerspectiveTransform(
        (moved * 4).astype(np.float32), corners * np.float32(1 / scale)
    )
    fine = sheet.filter(ImageFilter.GaussianBlur(max(0.4, 0.15 / scale))).transform(
        (size[0] * 4, size[1] * 4),
        Image.Transform.PERSPECTIVE,
        list((back / back[2, 2]).ravel()[:8]),
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    seen = fine.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.7))
    values = np.asarray(seen, np.float32) * 0.78 + 22 + numbers.normal(0, 4, seen.size[::-1])
    out = io.BytesIO()
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(out, "jpeg", quality=80)
    return np.asarray(Image.open(out).convert("L"))
