"""Twenty-four designs on one sheet, to be looked at, each with what the scan check says of it.

bin/bench studio_contact [--out contact.png] [--count 24]
"""

import argparse
import io
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageDraw, ImageFont

from pitchbar.scan_check.checking import check_symbol
from pitchbar.symbols.design import Design
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import draw_symbol, to_image

_TEXT = "https://go.acme.example/t/aB3dE7k"
_ACROSS, _CELL, _NAME = 6, 260, 34
_LOGOS = {
    "cup": """<path fill="{0}" d="M14 30h50v26a22 22 0 0 1-22 22h-6a22 22 0 0 1-22-22z"/>
<path fill="none" stroke="{0}" stroke-width="7" d="M64 36h7a11 11 0 0 1 0 24h-8"/>
<path fill="none" stroke="{0}" stroke-width="6" stroke-linecap="round" d="M29 20v-9M44 20v-9"/>""",
    "leaf": """<path fill="{0}" d="M14 80C8 36 38 12 86 12c4 46-18 76-58 72"/>
<path fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round"
d="M22 82C34 58 48 44 66 32"/>""",
    "bolt": '<path fill="{0}" d="M56 6 20 56h24l-8 38 44-54H54z"/>',
    "heart": """<path fill="{0}" d="M50 88C20 66 8 50 8 34a21 21 0 0 1 42-5 21 21 0 0 1 42 5c0 16-12
32-42 54z"/>""",
    "note": """<path fill="{0}" d="M36 18l44-8v54a14 12 0 1 1-8-11V28
l-28 5v39a14 12 0 1 1-8-11z"/>""",
}
_INK = "#14213d"
DESIGNS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rounded": {"module_shape": "rounded", "eye_frame_shape": "rounded"},
    "dots": {"module_shape": "dot", "eye_frame_shape": "rounded", "eye_ball_shape": "circle"},
    "connected": {"module_shape": "connected", "eye_frame_shape": "leaf", "eye_ball_shape": "leaf"},
    "bars": {"module_shape": "bars", "eye_ball_shape": "rounded", "foreground": _INK},
    "diamonds": {"module_shape": "diamond", "eye_ball_shape": "diamond"},
    "two colours": {"foreground": _INK, "eye_ball_colour": "#c1121f", "module_shape": "rounded"},
    "linear": {"gradient": "linear", "foreground": "#00584a", "gradient_end": "#1d4e89"},
    "radial": {
        "gradient": "radial", "foreground": "#7a1f3d", "gradient_end": "#1d3557",
        "module_shape": "dot", "eye_frame_shape": "rounded",
    },
    "on cream": {"foreground": "#5a3e1b", "background": "#f6ecd9", "module_shape": "connected"},
    "on sage": {"foreground": "#173a2b", "background": "#cfe3d4", "eye_frame_shape": "leaf"},
    "transparent": {"background": None, "foreground": "#0b3954", "module_shape": "bars"},
    "cup": {"logo": "cup", "foreground": "#4a2c17", "module_shape": "rounded",
            "eye_frame_shape": "rounded", "eye_ball_shape": "rounded"},
    "leaf": {"logo": "leaf", "foreground": "#14532d", "eye_frame_shape": "leaf",
             "eye_ball_shape": "leaf", "module_shape": "connected"},
    "bolt": {"logo": "bolt", "logo_backdrop": "circle", "foreground": "#1f1f1f"},
    "heart": {"logo": "heart", "logo_share": 0.28, "foreground": "#6d0f2b", "module_shape": "dot"},
    "label": {"frame": "label", "frame_text": "Scan for the menu", "module_shape": "rounded"},
    "label above": {"frame": "label_above", "frame_text": "Get the app", "foreground": _INK,
                    "frame_colour": "#00695c"},
    "box": {"frame": "box", "frame_text": "Rate your stay", "foreground": "#0b3954"},
    "bubble": {"frame": "bubble", "frame_text": "Ask us anything", "frame_colour": "#00695c",
               "foreground": "#00382f", "module_shape": "connected", "eye_frame_shape": "rounded"},
    "Arabic": {"frame": "label", "frame_text": "امسح الرمز لقائمة الطعام", "foreground": "#3b0a45"},
    "Devanagari": {"frame": "box", "frame_text": "मेन्यू देखने के लिए स्कैन करें", "frame_colour": "#8a2d00"},
    "Chinese": {"frame": "bubble", "frame_text": "扫码查看菜单", "frame_colour": "#9b1c1c"},
    "all of it": {"frame": "label", "frame_text": "Hear the song", "logo": "note",
                  "gradient": "linear", "foreground": "#3a0ca3", "gradient_end": "#7a1f3d",
                  "gradient_angle": 60, "module_shape": "dot", "eye_frame_shape": "rounded",
                  "eye_ball_shape": "circle", "frame_colour": "#3a0ca3"},
}  # fmt: skip


def logo_of(design: Design) -> Logo | None:
    if not design.logo:
        return None
    drawn = _LOGOS[design.logo].format(design.foreground)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{drawn}</svg>'
    return Logo("svg", svg.encode(), 100, 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="contact.png", help="where the picture goes")
    parser.add_argument("--count", type=int, default=len(DESIGNS), help="of the designs")
    options = parser.parse_args()
    chosen = list(DESIGNS.items())[-options.count :]
    rows = -(-len(chosen) // _ACROSS)
    sheet = Image.new("RGB", (_ACROSS * _CELL, rows * (_CELL + _NAME)), "#ffffff")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, (name, parts) in enumerate(chosen):
        design = Design(**parts)
        drawing = draw_symbol(_TEXT, design, logo_of(design))
        report = check_symbol(_TEXT, drawing, design.quiet_zone)
        picture = to_image(drawing, 8)
        picture.thumbnail((_CELL - 20, _CELL - 20), Image.Resampling.LANCZOS)
        left, top = number % _ACROSS * _CELL, number // _ACROSS * (_CELL + _NAME)
        sheet.paste(
            picture, (left + (_CELL - picture.width) // 2, top + _CELL - 8 - picture.height)
        )
        least = f", {report.smallest_mm:g} mm" if report.smallest_mm else ""
        said = f"{name}: {report.verdict} {report.score}{least}"
        draw.text((left + _CELL / 2, top + _CELL + 8), said, "#333333", font, anchor="mm")
        print(said)
    out = io.BytesIO()
    sheet.save(out, "png", optimize=True)
    Path(options.out).write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
