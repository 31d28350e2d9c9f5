"""`pitchbar qr`: one symbol as a file, without an account or a database."""

from pathlib import Path
from typing import Any, NoReturn

import click
from pydantic import ValidationError

from pitchbar.symbols.design import Design
from pitchbar.symbols.logo_cleaning import UnusableLogo, clean_logo
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import (
    Drawing,
    TextTooLong,
    TooManyPixels,
    draw_symbol,
    png_for_print,
    to_eps,
    to_pdf,
    to_png,
    to_svg,
)

_ENDINGS = (".svg", ".png", ".pdf", ".eps")
_SIZE, _MM, _DPI = 1024, 50.0, 300.0
# What each option is called in a design.
_OPTIONS = {
    "shape": "module_shape",
    "eye_frame": "eye_frame_shape",
    "eye_ball": "eye_ball_shape",
    "gradient_to": "gradient_end",
}


@click.command()
@click.argument("url")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--size", type=click.IntRange(16, 12_000), help="Pixels, for a PNG.")
@click.option("--mm", type=click.FloatRange(5, 3000), help="Width in print, for PNG, PDF and EPS.")
@click.option("--dpi", type=click.FloatRange(36, 2400), help="With --mm, for a PNG.")
@click.option("--shape", help="square, rounded, dot, connected, diamond or bars.")
@click.option("--eye-frame", help="square, rounded, circle or leaf.")
@click.option("--eye-ball", help="square, rounded, circle, leaf or diamond.")
@click.option("--foreground", help="A colour such as #12355b.")
@click.option("--gradient-to", help="The colour that the modules fade into.")
@click.option("--background", help='A colour, or "transparent".')
@click.option("--quiet-zone", type=int, help="Modules around the symbol.")
@click.option("--error-correction", help="L, M, Q or H.")
@click.option("--frame", help="label, label_above, box or bubble.")
@click.option("--frame-text", help="The call to action.")
@click.option("--logo", type=click.Path(path_type=Path, dir_okay=False), help="PNG, JPEG or SVG.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--unchecked", is_flag=True, help="Write it though it may not scan.")
def qr(
    url: str, out: Path, force: bool, unchecked: bool, logo: Path | None, **options: Any
) -> None:
    """Write the QR code of URL to a file: .svg, .png, .pdf or .eps, by its ending."""
    if not url.strip():
        _refuse("Say what the code should hold.")
    ending = out.suffix.lower()
    if ending not in _ENDINGS:
        _refuse(f"The file's name must end in one of {', '.join(_ENDINGS)}.")
    if out.exists() and not force:
        _refuse(f"{out} is there already. Add --force to write over it.")
    size, mm, dpi = (options.pop(name) for name in ("size", "mm", "dpi"))
    design = _read_design({name: value for name, value in options.items() if value is not None})
    drawing = _draw(url, design, _read_logo(logo) if logo else None)
    verdict = "" if unchecked else _check(url, drawing, design)
    try:
        data = _write(drawing, ending, size, mm, dpi)
    except TooManyPixels as error:
        _refuse(str(error))
    try:
        out.write_bytes(data)
    except OSError as error:
        _refuse(f"{out} cannot be written: {error.strerror}.")
    click.echo(
        f"{out}: {len(data):,} bytes, version {drawing.version},"
        f" error correction {drawing.error_correction}"
    )
    if verdict:
        click.echo(verdict)


def _check(url: str, drawing: Drawing, design: Design) -> str:
    """What the scan check says; a symbol that fails is not written."""
    from pitchbar.scan_check.checking import check_symbol

    report = check_symbol(url, drawing, design.quiet_zone)
    if report.verdict == "fails":
        _refuse(
            "This design does not scan. Raise its contrast, make the logo smaller or the shapes"
            " plainer; --unchecked writes it all the same."
        )
    words = "Scans well" if report.verdict == "passes" else "Scans, but not everywhere"
    size = f"; print it {report.smallest_mm:.0f} mm wide or larger" if report.smallest_mm else ""
    return f"{words}, {report.score} of 100{size}."


def _read_design(options: dict[str, Any]) -> Design:
    if options.get("background") == "transparent":
        options["background"] = None
    for name in ("foreground", "gradient_to", "background"):
        if isinstance(options.get(name), str):
            options[name] = options[name].lower()
    if "gradient_to" in options:
        options["gradient"] = "linear"
    if options.get("frame_text"):
        options.setdefault("frame", "label")
    names = {_OPTIONS.get(name, name): name for name in options}
    try:
        return Design(**{_OPTIONS.get(name, name): value for name, value in options.items()})
    except ValidationError as error:
        said = [
            f"--{names.get(str(one['loc'][0]), '').replace('_', '-')}: {one['msg']}."
            for one in error.errors()
        ]
        _refuse("\n".join(said))


def _read_logo(path: Path) -> Logo:
    try:
        return clean_logo(path.read_bytes(), path.name)
    except UnusableLogo as error:
        _refuse(f"--logo: {error.sentence}")
    except OSError as error:
        _refuse(f"--logo: {path} cannot be read: {error.strerror}.")


def _draw(url: str, design: Design, logo: Logo | None) -> Drawing:
    try:
        drawing = draw_symbol(url, design, logo)
    except TextTooLong as error:
        _refuse(str(error))
    if drawing.logo_is_too_large and logo:
        share = drawing.largest_logo_share
        if share is None:
            _refuse("The logo would hide too much of so small a code.")
        drawing = draw_symbol(url, design.model_copy(update={"logo_share": share}), logo)
        click.echo(f"The logo was made smaller, to {share:.0%} of the code.", err=True)
    if drawing.missing_signs:
        click.echo(f"No font has {' '.join(drawing.missing_signs)}.", err=True)
    return drawing


def _write(
    drawing: Drawing, ending: str, size: int | None, mm: float | None, dpi: float | None
) -> bytes:
    if ending == ".svg":
        return to_svg(drawing)
    if ending == ".pdf":
        return to_pdf(drawing, mm or _MM)
    if ending == ".eps":
        return to_eps(drawing, mm or _MM)
    if mm or (dpi and not size):
        return png_for_print(drawing, mm or _MM, dpi or _DPI)
    return to_png(drawing, size or _SIZE)


def _refuse(sentence: str) -> NoReturn:
    """As wrong usage: exit code 2."""
    raise click.UsageError(sentence)
