"""Reads the PostScript that Pitchbar writes, by the language's own rules, and draws it.

What it does not know, it refuses. The picture is handed to resvg as SVG, so that a file that says
something else than the drawing looks different.
"""

import io
import re
from base64 import a85decode, b64encode
from dataclasses import dataclass, field
from typing import Any
from zlib import decompress

import numpy as np
import resvg_py
from PIL import Image

_TOKEN = re.compile(r"\s+|%[^\n]*|(<<|>>|\[|\]|\{|\})|(/?[^\s<>\[\]{}/%]+)")
Matrix = tuple[float, float, float, float, float, float]


@dataclass
class _State:
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    fill: str = "#000000"
    clip: str | None = None


@dataclass
class _Reader:
    """Points, y upward, as the language has it."""

    text: str
    at: int = 0
    stack: list[Any] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    states: list[_State] = field(default_factory=lambda: [_State()])
    path: list[str] = field(default_factory=list)
    defs: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    @property
    def state(self) -> _State:
        return self.states[-1]

    def run(self) -> None:
        while (token := self._token()) is not None:
            self._do(token)

    def _token(self) -> str | None:
        while self.at < len(self.text):
            found = _TOKEN.match(self.text, self.at)
            assert found, self.text[self.at : self.at + 40]
            self.at = found.end()
            if found[1] or found[2]:
                return found[0]
        return None

    def _do(self, token: str) -> None:
        if token in "[<<":
            self.stack.append(token)
        elif token in "]>>":
            self._close(token)
        elif token == "{":
            body = []
            while (inner := self._token()) != "}":
                body.append(inner or "")
            self.stack.append(body)
        elif token.startswith("/") or re.fullmatch(r"-?\d*\.?\d+|true|false", token):
            self.stack.append(_literal(token))
        else:
            getattr(self, f"op_{self.words.get(token, token)}")()

    def _close(self, token: str) -> None:
        if token == "]":
            self.stack.append(self._back_to("["))
        else:
            items = self._back_to("<<")
            self.stack.append(dict(zip(items[::2], items[1::2], strict=True)))

    def _back_to(self, mark: str) -> list[Any]:
        at = len(self.stack) - 1 - self.stack[::-1].index(mark)
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def _numbers(self, count: int) -> list[float]:
        numbers = self.stack[-count:]
        del self.stack[-count:]
        assert len(numbers) == count
        assert all(isinstance(number, float) for number in numbers)
        return numbers

    def op_bind(self) -> None: ...

    def op_def(self) -> None:
        body, name = self.stack.pop(), self.stack.pop()
        (word,) = body
        self.words[name[1:]] = word

    def op_gsave(self) -> None:
        self.states.append(_State(**vars(self.state)))

    def op_grestore(self) -> None:
        self.states.pop()

    def op_translate(self) -> None:
        x, y = self._numbers(2)
        self._multiply((1, 0, 0, 1, x, y))

    def op_scale(self) -> None:
        x, y = self._numbers(2)
        self._multiply((x, 0, 0, y, 0, 0))

    def _multiply(self, one: Matrix) -> None:
        a, b, c, d, e, f = self.state.matrix
        g, h, i, j, k, m = one
        self.state.matrix = (
            *(g * a + h * c, g * b + h * d),
            *(i * a + j * c, i * b + j * d),
            *(k * a + m * c + e, k * b + m * d + f),
        )

    def _points(self, count: int) -> str:
        a, b, c, d, e, f = self.state.matrix
        numbers = self._numbers(2 * count)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return " ".join(f"{a * x + c * y + e:.5f} {b * x + d * y + f:.5f}" for x, y in pairs)

    def op_moveto(self) -> None:
        self.path.append(f"M{self._points(1)}")

    def op_lineto(self) -> None:
        self.path.append(f"L{self._points(1)}")

    def op_curveto(self) -> None:
        self.path.append(f"C{self._points(3)}")

    def op_closepath(self) -> None:
        self.path.append("Z")

    def op_newpath(self) -> None:
        self.path = []

    def op_setcmykcolor(self) -> None:
        self.state.fill = _to_rgb(self._numbers(4))

    def op_fill(self) -> None:
        self.body.append(f'<path d="{"".join(self.path)}" fill="{self.state.fill}"/>')
        self.path = []

    def op_clip(self) -> None:
        self.state.clip = "".join(self.path)

    def op_shfill(self) -> None:
        shading = self.stack.pop()
        assert shading["/Extend"] == [True, True]
        function = shading["/Function"]
        pieces = function["/Functions"]
        marks = [0.0, *function["/Bounds"], 1.0]
        stops = [(marks[0], pieces[0]["/C0"])]
        stops += [(mark, piece["/C1"]) for mark, piece in zip(marks[1:], pieces, strict=True)]
        name = f"s{len(self.defs)}"
        drawn = "".join(f'<stop offset="{o}" stop-color="{_to_rgb(ink)}"/>' for o, ink in stops)
        at = shading["/Coords"]
        if shading["/ShadingType"] == 2:
            tag, place = "linearGradient", 'x1="{}" y1="{}" x2="{}" y2="{}"'.format(*at)
        else:
            assert at[:2] == at[3:5]
            assert at[2] == 0
            tag, place = "radialGradient", f'cx="{at[0]}" cy="{at[1]}" r="{at[5]}"'
        matrix = " ".join(str(part) for part in self.state.matrix)
        self.defs.append(
            f'<{tag} id="{name}" gradientUnits="userSpaceOnUse" {place}'
            f' gradientTransform="matrix({matrix})">{drawn}</{tag}>'
        )
        self.body.append(f'<path d="{self.state.clip}" fill="url(#{name})"/>')

    def op_setcolorspace(self) -> None:
        assert self.stack.pop() == "/DeviceCMYK"

    def op_currentfile(self) -> None:
        self.stack.append("currentfile")

    def op_filter(self) -> None:
        name, source = self.stack.pop(), self.stack.pop()
        self.stack.append((source, name))

    def op_image(self) -> None:
        whole = self.stack.pop()
        data = whole.get("/DataDict", whole)
        assert data["/DataSource"] == (("currentfile", "/ASCII85Decode"), "/FlateDecode")
        end = self.text.index("~>", self.at)
        samples = decompress(a85decode("".join(self.text[self.at : end].split())))
        self.at = end + 2
        width, height = int(data["/Width"]), int(data["/Height"])
        assert data["/ImageMatrix"] == [width, 0, 0, height, 0, 0]
        has_mask = "/MaskDict" in whole
        parts = np.frombuffer(samples, np.uint8).reshape(height, width, 4 + has_mask)
        inks = parts[..., has_mask:].astype(float) / 255
        light = (1 - inks[..., :3]) * (1 - inks[..., 3:])
        shown = 255 - parts[..., :1] if has_mask else np.full((height, width, 1), 255, np.uint8)
        pixels = np.concatenate([(light * 255 + 0.5).astype(np.uint8), shown], axis=2)
        out = io.BytesIO()
        Image.fromarray(pixels, "RGBA").save(out, "png")
        matrix = " ".join(str(part) for part in self.state.matrix)
        self.body.append(
            f'<image transform="matrix({matrix})" width="1" height="1" preserveAspectRatio="none"'
            f' href="data:image/png;base64,{b64encode(out.getvalue()).decode()}"/>'
        )


def draw_postscript(data: bytes, width: int) -> Image.Image:
    """RGB, `width` pixels wide, on white."""
    text = data.decode("ascii")
    assert text.startswith("%!PS-Adobe-3.0 EPSF-3.0\n")
    size = re.search(r"%%HiResBoundingBox: 0 0 (\S+) (\S+)", text)
    assert size
    across, up = float(size[1]), float(size[2])
    reader = _Reader(text)
    reader.run()
    assert not reader.stack
    assert len(reader.states) == 1
    height = round(width * up / across)
    turned = f"matrix({width / across} 0 0 {-height / up} 0 {height})"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f"<defs>{''.join(reader.defs)}</defs>"
        f'<g transform="{turned}">{"".join(reader.body)}</g></svg>'
    )
    drawn = resvg_py.svg_to_bytes(svg_string=svg, background="#ffffff")
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGB")


def _literal(token: str) -> Any:
    if token.startswith("/"):
        return token
    return {"true": True, "false": False}.get(token) if token.isalpha() else float(token)


def _to_rgb(inks: list[float]) -> str:
    *colours, black = inks
    return "#" + "".join(f"{round((1 - ink) * (1 - black) * 255):02x}" for ink in colours)
