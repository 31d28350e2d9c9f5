"""Logos and designs to draw, and what reads them."""

import io
from itertools import product
from typing import get_args

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from pitchbar.symbols.design import Design, EyeBallShape, EyeFrameShape, FrameKind, ModuleShape
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.logo_cleaning import clean_logo
from pitchbar.symbols.logos import Logo

TEXT = "https://codes.pitchbar.example/t/k7xw2mp"
SVG_LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><rect width="40" height="30"'
    b' rx="6" fill="#b3261e"/><circle cx="20" cy="15" r="9" fill="#ffd54f"/></svg>'
)
SHAPES = get_args(ModuleShape)
FRAMES = get_args(FrameKind)
EYES = list(product(get_args(EyeFrameShape), get_args(EyeBallShape)))


def png_logo(alpha: bool = False) -> Logo:
    picture = Image.new("RGBA" if alpha else "RGB", (120, 80), (0, 0, 0, 0) if alpha else "#0b57d0")
    ImageDraw.Draw(picture).ellipse((30, 10, 90, 70), fill="#ffb300")
    out = io.BytesIO()
    picture.save(out, "png")
    return clean_logo(out.getvalue(), "logo.png")


def styled(at: int) -> Design:
    """A grid in which each shape meets each kind of paint and of frame."""
    frame, ball = EYES[at % len(EYES)]
    return Design(
        module_shape=SHAPES[at % len(SHAPES)],
        eye_frame_shape=frame,
        eye_ball_shape=ball,
        foreground=("#000000", "#12355b", "#4a148c")[at % 3],
        gradient=("none", "linear", "radial")[at // 2 % 3],
        gradient_end="#7b1e3a",
        gradient_angle=at * 37 % 360,
        eye_frame_colour=(None, "#004d40")[at // 3 % 2],
        background=("#ffffff", "#fff3e0", None)[at // 4 % 3],
        frame=FRAMES[at % len(FRAMES)],
        frame_text="Scan me",
    )


def read_by_zxing(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def read_by_opencv(picture: Image.Image, drawing: Drawing, px: int) -> str:
    """OpenCV finds the corners of eyes only where they are square: it is shown square ones in
    their place, and reads all the rest as drawn.
    """
    grey = np.array(picture.convert("L"))
    left, top = int(drawing.symbol_box.x * px), int(drawing.symbol_box.y * px)
    far = drawing.modules - 7
    for x, y in ((0, 0), (far, 0), (0, far)):
        for inset, shade in ((0, 0), (1, 255), (2, 0)):
            corner_x, corner_y = left + (x + inset) * px, top + (y + inset) * px
            side = (7 - 2 * inset) * px
            grey[corner_y : corner_y + side, corner_x : corner_x + side] = shade
    margin = 4 * px
    side = drawing.modules * px
    symbol = grey[top : top + side, left : left + side]
    framed = np.pad(symbol, margin, constant_values=255)
    return str(cv2.QRCodeDetector().detectAndDecode(framed)[0])
