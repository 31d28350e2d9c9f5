"""Whether colours are far enough apart, for people and for decoders.

People: the contrast ratio of WCAG 2.2, from 1 to 21. Decoders look at how much lighter the
background is than the modules, in light that a camera measures: they draw one threshold between
the two (zxing: the middle of a histogram, or of each neighbourhood), so what counts is the
difference of luma, from 0 to 1. Below `LEAST_DIFFERENCE` noise and shade of a usual photograph
(a few per cent each) reach the threshold; ISO/IEC 15415 grades a symbol contrast of 0.55 as C and
of 0.40 as D. Light modules on a dark ground are outside the norm: zxing reads them, many cameras
of phones do not.
"""

from dataclasses import dataclass
from typing import Literal

from pitchbar.symbols.colours import Rgb, read_rgb
from pitchbar.symbols.design import Design

LEAST_DIFFERENCE, GOOD_DIFFERENCE = 0.4, 0.55
LEAST_TEXT_RATIO = 3.0  # WCAG 1.4.3, large letters


@dataclass(frozen=True)
class ContrastFault:
    """`field` of the design; "fails" is what scanners hardly read, "weak" what only some do."""

    field: str
    severity: Literal["weak", "fails"]
    sentence: str


def contrast_ratio(one: str, other: str) -> float:
    """Of WCAG, from 1 to 21."""
    first, second = sorted((_luminance(read_rgb(one)), _luminance(read_rgb(other))), reverse=True)
    return (first + 0.05) / (second + 0.05)


def light_difference(dark: str, light: str) -> float:
    """How much lighter `light` is in a camera's grey picture, from -1 to 1."""
    return _luma(read_rgb(light)) - _luma(read_rgb(dark))


def find_contrast_faults(design: Design) -> list[ContrastFault]:
    """The worst first."""
    ground = design.background or "#ffffff"
    modules = {"foreground": design.foreground}
    if design.gradient != "none":
        modules["gradient_end"] = design.gradient_end
    for field in ("eye_frame_colour", "eye_ball_colour"):
        if colour := getattr(design, field):
            modules[field] = colour
    faults = [
        fault
        for field, colour in modules.items()
        if (fault := _judge(field, light_difference(colour, ground)))
    ]
    signs = {light_difference(colour, ground) > 0 for colour in modules.values()}
    if len(signs) > 1:
        faults.append(
            ContrastFault(
                "background",
                "fails",
                "Some parts are darker than the background, some lighter: no scanner reads both.",
            )
        )
    frame = design.frame_colour or design.foreground
    if design.frame != "none" and design.frame_text.strip():
        ratio = contrast_ratio(frame, design.frame_text_colour)
        if ratio < LEAST_TEXT_RATIO:
            faults.append(
                ContrastFault(
                    "frame_text_colour",
                    "weak",
                    f"The words are hard to read on their frame: {ratio:.1f} to 1, "
                    f"at least {LEAST_TEXT_RATIO:.0f} to 1 is needed.",
                )
            )
    return sorted(faults, key=lambda fault: fault.severity != "fails")


_PARTS = {
    "foreground": "The modules",
    "gradient_end": "The end of the gradient",
    "eye_frame_colour": "The frames of the eyes",
    "eye_ball_colour": "The centres of the eyes",
}


def _judge(field: str, difference: float) -> ContrastFault | None:
    part = f"{_PARTS[field]} {'is' if field == 'gradient_end' else 'are'}"
    if abs(difference) < LEAST_DIFFERENCE:
        sentence = (
            f"{part} too close to the background: choose a darker colour or a lighter ground."
        )
        return ContrastFault(field, "fails", sentence)
    if difference < 0:
        sentence = f"{part} lighter than the background: many phones read dark on light only."
        return ContrastFault(field, "weak", sentence)
    if difference < GOOD_DIFFERENCE:
        sentence = f"{part} not much darker than the background: bad light may hide them."
        return ContrastFault(field, "weak", sentence)
    return None


def _luma(rgb: Rgb) -> float:
    red, green, blue = rgb
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
