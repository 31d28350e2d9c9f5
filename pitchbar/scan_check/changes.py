"""Changes of a design that may let it scan better, each with its sentence for people.

They are guesses by rules of thumb, the likeliest first; `advice.py` tries them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pitchbar.symbols.design import Design

# The contrast that ISO/IEC 15415 grades best is 70 % of the light; dark on white this is 7 to 1.
_GOOD_CONTRAST = 7.0
_LIGHT_ENOUGH = 0.75
_CORRECTIONS = ("L", "M", "Q", "H")


@dataclass(frozen=True)
class Change:
    sentence: str
    fields: dict[str, Any]


def luminance(colour: str) -> float:
    """Relative, as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def darkened(colour: str, against: str) -> str:
    """The same hue, as dark as good contrast needs; black where the ground is too dark for that."""
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for step in range(20, -1, -1):
        darker = "#" + "".join(f"{round(value * step / 20):02x}" for value in channels)
        if contrast(darker, against) >= _GOOD_CONTRAST:
            return darker
    return "#000000"


def likely_changes(design: Design, largest_share: float | None = None) -> Iterator[Change]:
    """`largest_share` is that of a logo that fits, where the design's own does not."""
    ground = design.background or "#ffffff"
    colours = [design.foreground]
    if design.gradient != "none":
        colours.append(design.gradient_end)
    if luminance(design.foreground) > luminance(ground):
        yield _turned_round(design, ground)
        return
    yield from _of_quiet_zone(design)
    yield from _of_eye_colours(design, ground)
    yield from _of_colours(design, ground, colours)
    yield from _of_logo(design, largest_share)
    yield from _of_shapes(design)
    yield from _of_correction(design)


def _turned_round(design: Design, ground: str) -> Change:
    """A light symbol on a dark ground, which many scanners do not look for."""
    if design.background is None:
        dark = darkened(design.foreground, ground)
        fields: dict[str, Any] = {"foreground": dark}
        sentence = f"Make the modules dark: {dark} in place of {design.foreground}."
    else:
        fields = {"foreground": ground, "background": design.foreground}
        sentence = (
            "Swap the colours: many scanners only look for dark modules on a light background."
        )
    fields |= {"eye_frame_colour": None, "eye_ball_colour": None}
    if design.gradient != "none":
        fields["gradient"] = "none"
    return Change(sentence, fields)


def _of_quiet_zone(design: Design) -> Iterator[Change]:
    if design.quiet_zone < 4 and (design.background is not None or design.frame != "none"):
        yield Change(
            "Widen the quiet zone to 4 modules: scanners need light space around the symbol.",
            {"quiet_zone": 4},
        )


def _of_eye_colours(design: Design, ground: str) -> Iterator[Change]:
    eyes = {
        name: colour
        for name in ("eye_frame_colour", "eye_ball_colour")
        if (colour := getattr(design, name)) and contrast(colour, ground) < _GOOD_CONTRAST
    }
    if eyes:
        weakest = min(eyes.values(), key=lambda colour: contrast(colour, ground))
        yield Change(
            f"Raise the contrast of the eyes: make them darker than {weakest}.",
            {name: darkened(colour, ground) for name, colour in eyes.items()},
        )


def _of_colours(design: Design, ground: str, colours: list[str]) -> Iterator[Change]:
    weakest = min(colours, key=lambda colour: contrast(colour, ground))
    if contrast(weakest, ground) < _GOOD_CONTRAST:
        fields = {"foreground": darkened(design.foreground, ground)}
        if design.gradient != "none":
            fields["gradient_end"] = darkened(design.gradient_end, ground)
        yield Change(f"Raise the contrast of the modules: make them darker than {weakest}.", fields)
    if design.background is not None and luminance(ground) < _LIGHT_ENOUGH:
        yield Change(
            f"Lighten the background: white in place of {ground}.", {"background": "#ffffff"}
        )


def _of_logo(design: Design, largest_share: float | None) -> Iterator[Change]:
    if design.logo is None:
        return
    if design.logo_share > 0.12 or design.logo_padding > 1:
        share = max(0.1, min(design.logo_share * 0.7, largest_share or 1))
        fields = {
            "logo_share": int(share * 100) / 100,
            "logo_padding": min(design.logo_padding, 0.5),
        }
        yield Change(f"Make the logo smaller: {int(share * 100)}% of the symbol's side.", fields)
    if design.error_correction != "H":
        yield Change(
            "Raise the error correction to H: it makes up for what the logo covers.",
            {"error_correction": "H"},
        )


def _of_shapes(design: Design) -> Iterator[Change]:
    if design.eye_frame_shape in ("circle", "leaf", "rounded"):
        yield Change(
            "Make the frames of the eyes square: not every scanner knows round ones.",
            {"eye_frame_shape": "square"},
        )
    if design.module_shape not in ("square", "connected"):
        yield Change(
            "Make the modules square: they stay apart in small print.", {"module_shape": "square"}
        )
    if design.eye_ball_shape != "square":
        yield Change("Make the balls of the eyes square.", {"eye_ball_shape": "square"})


def _of_correction(design: Design) -> Iterator[Change]:
    at = _CORRECTIONS.index(design.error_correction)
    if design.logo is None and at < 3:
        better = _CORRECTIONS[at + 1]
        yield Change(
            f"Raise the error correction to {better}: more of the symbol may be covered or dirty.",
            {"error_correction": better},
        )
