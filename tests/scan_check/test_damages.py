"""Each kind of damage gets worse level by level, and the camera is the one that is told of."""

from itertools import pairwise

import numpy as np
import pytest

from pitchbar.scan_check.camera import DARK_GROUND, MASTER, PHONE, Print, printed
from pitchbar.scan_check.damages import DAMAGES, Damage
from pitchbar.scan_check.decoders import read_zxing
from pitchbar.scan_check.reports import DamageKind
from pitchbar.symbols.design import Design
from pitchbar.symbols.rendering import draw_symbol, to_image

TEXT = "https://go.acme.example/t/aB3dE7k"
KINDS = [damage.kind for damage in DAMAGES]


def sheet(**design: str) -> Print:
    drawing = draw_symbol(TEXT, Design(**design), None)
    box = drawing.symbol_box
    picture = np.asarray(to_image(drawing, MASTER))
    return printed(picture, MASTER, (box.x, box.y), drawing.modules, DARK_GROUND)


@pytest.mark.parametrize("damage", DAMAGES, ids=KINDS)
def test_each_level_is_worse(damage: Damage) -> None:
    plain = sheet()
    rates = [
        sum(read_zxing(damage.seen(plain, level, look)) == TEXT for look in range(6))
        for level in damage.levels
    ]
    assert rates[0] >= 5
    # One picture in six is chance.
    assert all(later <= before + 1 for before, later in pairwise(rates))
    if damage.kind != "rotation":
        assert rates[-1] < 6


@pytest.mark.parametrize("kind", ["blur", "noise", "low_light", "contrast", "size"])
def test_pale_print_takes_less(kind: DamageKind) -> None:
    damage = DAMAGES[KINDS.index(kind)]
    dark, pale = sheet(), sheet(foreground="#aaaaaa")

    def read(of: Print) -> int:
        return sum(
            read_zxing(damage.seen(of, level, look)) == TEXT
            for level in damage.levels
            for look in range(3)
        )

    assert read(pale) < read(dark)


def test_a_cover_leaves_the_eyes_free() -> None:
    damage = DAMAGES[KINDS.index("cover")]
    plain = sheet()
    scale = 4 / MASTER
    left, top, side = (round(at * scale) for at in (plain.left, plain.top, plain.side))
    clean = damage.seen(plain, 1e-6, 0)
    for level in damage.levels:
        for look in range(damage.looks):
            seen = damage.seen(plain, level, look)
            for x, y in ((0, 0), (side - 28, 0), (0, side - 28)):
                part = np.s_[top + y : top + y + 28, left + x : left + x + 28]
                apart = np.abs(seen[part].astype(int) - clean[part].astype(int))
                assert np.median(apart) < 40


def test_the_phone_is_the_one_told_of() -> None:
    assert 66 < PHONE.view_degrees < 68
    assert 4.7 < PHONE.pixels_per_mm(300) < 4.9
