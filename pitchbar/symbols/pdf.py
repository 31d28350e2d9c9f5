"""A drawing as PDF: a page of its own size, or a form that pages of others show. CMYK vectors."""

from PIL import Image

from pitchbar.symbols.colours import number
from pitchbar.symbols.drawing import Drawing, Fill, Gradient, Placed
from pitchbar.symbols.pdf_files import PdfFile
from pitchbar.symbols.printing import (
    POINTS_PER_MM,
    inks,
    logo_pixels,
    path_operators,
    shading,
    to_inks,
)


def write_pdf(drawing: Drawing, width_mm: float) -> bytes:
    """Gradients are shadings, a logo is pixels with a soft mask."""
    scale = width_mm * POINTS_PER_MM / drawing.width
    width, height = drawing.width * scale, drawing.height * scale
    file = PdfFile()
    operators, resources = draw_operators(file, drawing, width_mm)
    matrix = f"{scale:.6f} 0 0 {-scale:.6f} 0 {height:.6f} cm"
    file.add_page((width, height), f"{matrix}\n{operators}", resources)
    return file.write()


def add_form(file: PdfFile, drawing: Drawing, width_mm: float) -> int:
    """The number of an object that shows it, in modules, y downward, however often."""
    operators, resources = draw_operators(file, drawing, width_mm)
    head = (
        f"/Type/XObject/Subtype/Form/BBox[0 0 {drawing.width} {drawing.height}]"
        f"/Resources<<{resources}>>"
    )
    return file.add_stream(head, operators.encode())


def draw_operators(file: PdfFile, drawing: Drawing, width_mm: float) -> tuple[str, str]:
    """What paints it, in modules, y downward; and the resources that this needs. `width_mm` says
    how many pixels a logo of vectors becomes.
    """
    shadings: dict[Gradient, str] = {}
    images: list[str] = []
    operators = []
    for item in drawing.items:
        if isinstance(item, Placed):
            name = f"Im{len(images) + 1}"
            made = _add_image(file, logo_pixels(item, drawing, width_mm))
            images.append(f"/{name} {made} 0 R")
            operators.append(_place(item, name))
        else:
            operators.append(_fill(item, shadings))
    fades = "".join(f"/{name} {shading(one)}" for one, name in shadings.items())
    return "\n".join(operators), f"/Shading<<{fades}>>/XObject<<{' '.join(images)}>>"


def _fill(fill: Fill, shadings: dict[Gradient, str]) -> str:
    path = path_operators(fill.path)
    if isinstance(fill.paint, Gradient):
        name = shadings.setdefault(fill.paint, f"Sh{len(shadings) + 1}")
        return f"q {path} W n /{name} sh Q"
    return f"{inks(fill.paint.colour)} k {path} f"


def _place(placed: Placed, name: str) -> str:
    """Images stand on their feet, the drawing on its head."""
    at = (placed.width, 0, 0, -placed.height, placed.x, placed.y + placed.height)
    return f"q {' '.join(number(value) for value in at)} cm /{name} Do Q"


def _add_image(file: PdfFile, picture: Image.Image) -> int:
    size = f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
    head = f"{size}/ColorSpace/DeviceCMYK/BitsPerComponent 8"
    if picture.mode == "RGBA":
        mask = f"{size}/ColorSpace/DeviceGray/BitsPerComponent 8"
        head += f"/SMask {file.add_stream(mask, picture.getchannel('A').tobytes())} 0 R"
    return file.add_stream(head, to_inks(picture).tobytes())
