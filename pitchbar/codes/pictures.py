"""How a code looks: plainly, until a feature above draws it.

Codes know nothing of designs' logos and checks; whoever does registers as the painter.
"""

from typing import Protocol

from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.rendering import draw_symbol, to_svg
from pitchbar.workspaces.models import Workspace

# Of a picture in print: the side of a stamp, and of a house's front.
MIN_MM, MAX_MM = 5, 3000
MIN_DPI, MAX_DPI = 72, 1200


class Painter(Protocol):
    """Draws codes as they are designed."""

    def draw(self, code: Code, text: str, level: str = "") -> Drawing:
        """With another level of error correction than it has, where one is given."""

    def draw_new(self, workspace: Workspace, text: str, level: str) -> Drawing:
        """One that is not made yet, as it would start."""

    def require_printable(self, code: Code) -> None:
        """Raises a DomainError for a design that does not scan and that nobody has let pass."""


class _Plain:
    def draw(self, code: Code, text: str, level: str = "") -> Drawing:
        return draw_symbol(text, Design.read(None, error_correction=level or code.error_correction))

    def draw_new(self, _workspace: Workspace, text: str, level: str) -> Drawing:
        return draw_symbol(text, Design.read(None, error_correction=level))

    def require_printable(self, code: Code) -> None:
        """Black on white always scans."""


_painters: list[Painter] = [_Plain()]


def register_painter(painter: Painter) -> None:
    if painter not in _painters:
        _painters.append(painter)


def painter() -> Painter:
    return _painters[-1]


def draw_sample(workspace: Workspace, code: Code | None, text: str, level: str) -> Markup:
    """The picture beside a form, to be put into a page."""
    if code is None:
        drawing = painter().draw_new(workspace, text, level)
    else:
        drawing = painter().draw(code, text, level)
    return Markup(to_svg(drawing).decode())  # noqa: S704  # drawn by us; texts are outlines
