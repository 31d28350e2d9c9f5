"""Whatever colour a workspace chooses: what stands on it is read, and a button is seen."""

import random
import re
from itertools import product

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.scans.page_colours import CARD, OURS, contrast, find_shades

THEMES = ("light", "dark")
STEPS = range(0, 256, 51)
COLOURS = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(STEPS, repeat=3)]
CSS = (ROOT / "templates/public/code_state.css").read_text()


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_is_read_and_seen(theme: str) -> None:
    rng = random.Random(7)
    chosen = COLOURS + [f"#{rng.randrange(1 << 24):06x}" for _ in range(2000)]
    weak = {
        colour
        for colour in chosen
        if contrast((shades := find_shades(colour, theme)).on_brand, shades.brand) < 4.5
        or contrast(shades.edge, CARD[theme]) < 3
        or shades.brand != colour
    }
    assert weak == set()


def test_colour_that_is_seen_stays_as_it_is() -> None:
    for theme in THEMES:
        assert find_shades("#1d6fd8", theme).edge == "#1d6fd8"
    assert find_shades("#ffcc00", "light").edge != "#ffcc00"


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#000000;}", "#0000000"])
def test_what_is_no_colour_is_ours(colour: str) -> None:
    assert find_shades(colour, "light").brand == OURS


def test_cards_are_what_was_measured() -> None:
    assert re.findall(r"--card:(#\w{6})", CSS) == [CARD["light"], CARD["dark"]]


@pytest.mark.parametrize("theme", THEMES)
def test_texts_and_fields_of_the_page_are_read_and_seen(theme: str) -> None:
    colours = {
        name: re.findall(rf"--{name}:(#\w{{6}})", CSS)[THEMES.index(theme)]
        for name in ("text", "text-2", "text-3", "trouble", "field", "card")
    }
    for name in ("text", "text-2", "text-3", "trouble"):
        assert contrast(colours[name], colours["card"]) >= 4.5, name
    assert contrast(colours["field"], colours["card"]) >= 3


def test_contrast_is_what_others_measure() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
