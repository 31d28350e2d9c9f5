"""Vectors that people upload, made safe: py-svg-hush first, then an allow list of what a logo
needs and what all of our formats can draw.
"""

import io
import math
import re
from xml.etree import ElementTree

import py_svg_hush
import resvg_py
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

from pitchbar.symbols.logos import Logo
from pitchbar.symbols.unusable import UnusableLogo

_SVG = "http://www.w3.org/2000/svg"
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_OTHERS = {"svg", "g", "defs", "symbol", "use", "clipPath", "mask", "style"}
_KEPT = _SHAPES | _OTHERS | {"linearGradient", "radialGradient", "stop"}
_GROUPS = {"a", "switch"}
_REFUSED = {
    "text": "It has letters as text, which look different everywhere. Turn them into outlines.",
    "image": "It has pixels inside. Upload those as PNG or JPEG.",
    "filter": "It has effects such as blur or shadow. Save it without them, or as PNG.",
    "pattern": "It has patterns. Save it without them, or as PNG.",
    "foreignObject": "It has parts of a web page inside. Save it as plain SVG, or as PNG.",
}
_MOST_ELEMENTS, _MOST_DRAWN, _DEEPEST = 5_000, 20_000, 60
MOST_RATIO = 20
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")
_ANY_URL = re.compile(r"url\(\s*['\"]?(?!#)|@import|@font-face|expression\(|javascript:", re.I)
_DOCTYPE = re.compile(rb"<!\s*(doctype|entity)[^>\[]*\[", re.I)
_LENGTH = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)(?:px|pt|mm|cm|in)?\s*$")
_PROPERTY = re.compile(r"[A-Za-z][A-Za-z0-9-]*$")


def clean_svg(data: bytes) -> Logo:
    """Raises UnusableLogo."""
    if _DOCTYPE.search(data) or b"<!ENTITY" in data.upper():
        raise UnusableLogo("The SVG declares entities, which are not read. Save it as plain SVG.")
    for name, sentence in _REFUSED.items():
        if re.search(rb"<(\w+:)?%b[\s>/]" % name.encode(), data):
            raise UnusableLogo(sentence)
    try:
        root: ElementTree.Element = fromstring(py_svg_hush.filter_svg(data))
    except (ValueError, ElementTree.ParseError, RecursionError, DefusedXmlException):
        raise UnusableLogo("The SVG is damaged. Save it again, or as PNG.") from None
    if _plain(root.tag) != "svg":
        raise UnusableLogo("The file is no SVG.")
    clean = _Cleaner(root).clean()
    left, top, width, height = _view_box(root)
    clean.attrib = {"viewBox": f"{left:g} {top:g} {width:g} {height:g}", **clean.attrib}
    ElementTree.register_namespace("", _SVG)
    out = ElementTree.tostring(clean, encoding="unicode").encode()
    _look(out, width, height)
    return Logo("svg", out, width, height)


class _Cleaner:
    def __init__(self, root: ElementTree.Element) -> None:
        self.root = root
        self.count = 0
        self.has_styles = any(_plain(one.tag) == "style" for one in root.iter())
        # Names of the page that the symbol stands in must not be met.
        self.prefix = "" if self.has_styles else "logo-"

    def clean(self) -> ElementTree.Element:
        clean = self._copy(self.root, 0)
        for name in ("width", "height", "x", "y", "preserveAspectRatio", "id", "class"):
            clean.attrib.pop(name, None)
        _check_references(clean)
        return clean

    def _copy(self, element: ElementTree.Element, depth: int) -> ElementTree.Element:
        name = _plain(element.tag)
        self.count += 1
        if self.count > _MOST_ELEMENTS or depth > _DEEPEST:
            raise UnusableLogo("The SVG has too many parts. Save it as PNG.")
        copy = ElementTree.Element(f"{{{_SVG}}}{'g' if name in _GROUPS else name}")
        if name == "style":
            copy.text = _harmless(element.text or "", "//")
            return copy
        copy.attrib = self._attributes(element)
        if name in _GROUPS:
            copy.attrib.pop("href", None)
        for child in element:
            if _plain(child.tag) in _KEPT | _GROUPS:
                copy.append(self._copy(child, depth + 1))
        return copy

    def _attributes(self, element: ElementTree.Element) -> dict[str, str]:
        kept: dict[str, str] = {}
        for key, value in element.attrib.items():
            name = key.removeprefix("{http://www.w3.org/1999/xlink}")
            if name == "style":
                kept |= {one: self._renamed(meant) for one, meant in _declarations(value)}
            elif name == "id":
                kept["id"] = self.prefix + value
            elif name == "href":
                if value.startswith("#"):
                    kept["href"] = f"#{self.prefix}{value[1:]}"
            elif _PROPERTY.match(name):
                kept[name] = self._renamed(_harmless(value))
        return kept

    def _renamed(self, value: str) -> str:
        return _REFERENCE.sub(lambda found: f"url(#{self.prefix}{found[1]})", value)


def _declarations(style: str) -> list[tuple[str, str]]:
    """A style attribute as attributes, which pages that forbid styles show too."""
    pairs = (one.partition(":") for one in _harmless(style).split(";"))
    return [
        (name.strip(), value.replace("!important", "").strip())
        for name, _, value in pairs
        if value.strip() and _PROPERTY.match(name.strip())
    ]


def _harmless(value: str, forbidden: str = "\\") -> str:
    if _ANY_URL.search(value) or "\\" in value or forbidden in value:
        raise UnusableLogo("The SVG points to files elsewhere. Save it with all of it inside.")
    return value


def _check_references(root: ElementTree.Element) -> None:
    """How much would really be drawn: few elements that use each other can mean millions."""
    named = {one.attrib["id"]: one for one in root.iter() if "id" in one.attrib}
    styles = " ".join(one.text or "" for one in root.iter(f"{{{_SVG}}}style"))
    by_class = _REFERENCE.findall(styles)
    known: dict[int, int] = {}
    open_ones: set[int] = set()

    def weigh(element: ElementTree.Element) -> int:
        key = id(element)
        if key in known:
            return known[key]
        if key in open_ones or len(open_ones) > 4 * _DEEPEST:
            raise UnusableLogo("The SVG refers to itself. Save it as PNG.")
        open_ones.add(key)
        found = [name for value in element.attrib.values() for name in _REFERENCE.findall(value)]
        if "href" in element.attrib:
            found.append(element.attrib["href"][1:])
        if "class" in element.attrib:
            found += by_class
        total = 1 + sum(weigh(child) for child in element)
        total += sum(weigh(named[name]) for name in found if name in named)
        if total > _MOST_DRAWN:
            raise UnusableLogo("The SVG has too many parts. Save it as PNG.")
        open_ones.discard(key)
        known[key] = total
        return total

    weigh(root)


def _view_box(root: ElementTree.Element) -> tuple[float, float, float, float]:
    words = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    try:
        left, top, width, height = (float(word) for word in words)
    except ValueError:
        sizes = [_LENGTH.match(root.get(name) or "") for name in ("width", "height")]
        if not all(sizes):
            raise UnusableLogo("The SVG does not say how large it is. Save it anew.") from None
        left = top = 0.0
        width, height = (float(size[1]) for size in sizes if size)
    numbers = (left, top, width, height)
    if not all(math.isfinite(n) and abs(n) < 1e6 for n in numbers) or min(width, height) < 1e-3:
        raise UnusableLogo("The SVG does not say how large it is. Save it anew.")
    if max(width, height) / min(width, height) > MOST_RATIO:
        raise UnusableLogo("The logo is too long and thin for a code.")
    return left, top, width, height


def _look(svg: bytes, width: float, height: float) -> None:
    scale = 128 / max(width, height)
    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=svg.decode(),
            width=max(1, round(width * scale)),
            height=max(1, round(height * scale)),
            skip_system_fonts=True,
        )
    except ValueError:
        raise UnusableLogo("The SVG is damaged. Save it again, or as PNG.") from None
    picture = Image.open(io.BytesIO(bytes(drawn))).convert("RGBA")
    if not picture.getchannel("A").getbbox():
        raise UnusableLogo("Nothing of the SVG would be seen.")


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]
