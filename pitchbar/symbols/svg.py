"""A drawing as SVG."""

from base64 import b64encode
from hashlib import sha256

from pitchbar.symbols.colours import number
from pitchbar.symbols.drawing import Drawing, Fill, Gradient, Placed
from pitchbar.symbols.paths import Path

UNIT = 8  # pixels of a module, where the page that shows it says nothing else


def write_svg(drawing: Drawing) -> bytes:
    """It keeps its shape in whatever box a page or a layout program gives it. Fills without a
    gradient have plain attributes; no style, no script and nothing from elsewhere.
    """
    width, height = drawing.width * UNIT, drawing.height * UNIT
    # A viewBox and a size: without the first it is cut where it is made smaller, without the
    # second it fills the page.
    return (
        f'<svg width="{width}" height="{height}" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {width} {height}">'
        f'<g transform="scale({UNIT})">{symbol_fragment(drawing)}</g></svg>'
    ).encode()


def symbol_fragment(drawing: Drawing) -> str:
    """What an SVG of its own, or of more, is made of; in modules."""
    names: dict[Gradient, str] = {}
    body = "".join(
        _placed(item) if isinstance(item, Placed) else _fill(item, names) for item in drawing.items
    )
    gradients = "".join(_gradient(gradient, name) for gradient, name in names.items())
    return f"<defs>{gradients}</defs>{body}" if gradients else body


def path_data(path: Path) -> str:
    """Lines along an axis by their short form: half of what a page with a symbol carries."""
    parts, x, y = [], 0.0, 0.0
    for kind, values in path:
        if kind == "L" and values[1] == y:
            parts.append(_along("H", x, values[0]))
        elif kind == "L" and values[0] == x:
            parts.append(_along("V", y, values[1]))
        else:
            parts.append(kind + " ".join(number(value) for value in values))
        if values:
            x, y = values[-2:]
    return "".join(parts)


def _along(axis: str, start: float, end: float) -> str:
    """By the way where both are whole, which never adds up an error; else by the place."""
    if float(start).is_integer() and float(end).is_integer():
        return f"{axis.lower()}{number(end - start)}"
    return f"{axis}{number(end)}"


def _fill(fill: Fill, names: dict[Gradient, str]) -> str:
    paint = fill.paint
    if isinstance(paint, Gradient):
        # By what it is: several symbols may stand in one page.
        name = names.setdefault(paint, f"fade-{sha256(repr(paint).encode()).hexdigest()[:12]}")
        colour = f"url(#{name})"
    else:
        colour = _short(paint.colour)
    return f'<path fill="{colour}" d="{path_data(fill.path)}"/>'


def _gradient(gradient: Gradient, name: str) -> str:
    if gradient.kind == "linear":
        tag = "linearGradient"
        at = "".join(
            f' {key}="{number(getattr(gradient, key))}"' for key in ("x1", "y1", "x2", "y2")
        )
    else:
        tag = "radialGradient"
        cx, cy, r = (number(value) for value in (gradient.x1, gradient.y1, gradient.x2))
        at = f' cx="{cx}" cy="{cy}" r="{r}"'
    return (
        f'<{tag} id="{name}" gradientUnits="userSpaceOnUse"{at}>'
        f'<stop stop-color="{_short(gradient.start)}"/>'
        f'<stop offset="1" stop-color="{_short(gradient.end)}"/></{tag}>'
    )


def _placed(placed: Placed) -> str:
    logo = placed.logo
    at = "".join(
        f' {key}="{number(getattr(placed, key))}"' for key in ("x", "y", "width", "height")
    )
    if logo.kind == "svg" and b"<style" not in logo.data:
        text = logo.data.decode()
        return _nested(text, at)
    # An SVG's own style sheet would change the rest of the page, so it stays a document apart.
    kind = "svg+xml" if logo.kind == "svg" else logo.kind
    return f'<image{at} href="data:image/{kind};base64,{b64encode(logo.data).decode()}"/>'


def _nested(svg: str, at: str) -> str:
    """Vectors within vectors. Cleaned logos begin with `<svg `, and have no size but a viewBox."""
    return svg.replace("<svg ", f"<svg{at} ", 1)


def _short(colour: str) -> str:
    pairs = colour[1::2] == colour[2::2]
    return "#" + colour[1::2] if pairs else colour
