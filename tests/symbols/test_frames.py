"""Calls to action in every script."""

import numpy as np
import pytest

from pitchbar.symbols.design import Design
from pitchbar.symbols.rendering import draw_symbol, to_image, to_svg
from pitchbar.symbols.shaping import shape, split_runs, visual_order
from pitchbar.symbols.texts import set_text
from tests.symbols.pictures import FRAMES, TEXT, read_by_zxing

SCRIPTS = {
    "Latin": "Scan to see the menu, höher größer çedilla ",
    "Greek": "Θέλετε Ψωμί Ξηρό ",
    "Cyrillic": "Сканируйте меню ",
    "Arabic": "امسح الرمز لقراءة القائمة ",
    "Hebrew": "סרקו כדי לראות את התפריט ",
    "Devanagari": "मेन्यू देखने के लिए स्कैन करें ",
    "Bengali": "মেনু দেখতে স্ক্যান করুন ",
    "Tamil": "மெனுவைக் காண ஸ்கேன் செய்யவும் ",
    "Thai": "สแกนเพื่อดูเมนูอาหารของเรา",
    "Lao": "ສະແກນເພື່ອເບິ່ງເມນູ",
    "Khmer": "ស្កេនដើម្បីមើលម៉ឺនុយ",
    "Myanmar": "မီနူးကြည့်ရန် စကင်န်ဖတ်ပါ ",
    "Georgian": "დაასკანირეთ მენიუსთვის ",
    "Armenian": "Սկանավորեք ճաշացանկը ",
    "Ethiopic": "ምናሌውን ለማየት ይቃኙ ",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས། ",
    "Chinese": "扫描二维码查看菜单",
    "Japanese": "スキャンしてメニューを見る",
    "Korean": "스캔하여 메뉴 보기 ",
    "one word": "Donaudampfschifffahrt" * 3,
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("length", [12, 255])
def test_text_of_any_length_stays_within_its_frame(script: str, length: int) -> None:
    text = (SCRIPTS[script] * 30)[:length]
    set_one = set_text(text, width=30, most_size=4)
    assert not set_one.missing_signs
    assert 1 <= set_one.lines <= 3
    xs = [x for _, values in set_one.path for x in values[::2]]
    ys = [y for _, values in set_one.path for y in values[1::2]]
    # Ink may reach a little beyond its advance, as an italic's does.
    room = set_one.size * 0.25
    assert -room <= min(xs)
    assert max(xs) <= 30 + room
    assert -room <= min(ys)
    assert max(ys) <= set_one.height + room
    assert set_one.size > 0.3


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("text", ["", "Scan me", ("لماذا why なぜ " * 30)[:255]])
def test_symbol_in_any_frame_is_read(kind: str, text: str) -> None:
    drawing = draw_symbol(TEXT, Design(frame=kind, frame_text=text))
    picture = to_image(drawing, 5)
    assert read_by_zxing(picture) == [TEXT]
    box = drawing.symbol_box
    inside = np.asarray(picture.convert("L"))[
        int(box.y * 5) : int((box.y + box.height) * 5),
        int(box.x * 5) : int((box.x + box.width) * 5),
    ]
    plain = np.asarray(to_image(draw_symbol(TEXT, Design(quiet_zone=0)), 5).convert("L"))
    assert (inside == plain).all()


def test_words_are_seen() -> None:
    wordless = draw_symbol(TEXT, Design(frame="box"))
    with_words = draw_symbol(TEXT, Design(frame="box", frame_text="Scan me"))
    assert with_words.height > wordless.height
    picture = np.asarray(to_image(with_words, 8).convert("L"))
    band = picture[int(8 * (wordless.height)) : -8]
    assert 0.05 < (band > 200).mean() < 0.6


def order(text: str) -> str:
    """The signs from left to right, as they are seen."""
    runs = visual_order(split_runs(text))
    return "".join(text[glyph.sign] for run in runs for glyph in shape(run))


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("אב 12", "12 בא"),
        ("see אב now", "see בא now"),
        ("אב (ג)", ")ג( בא"),
        ("אב abc גד", "דג abc בא"),
    ],
)
def test_lines_run_in_the_order_in_which_they_are_read(typed: str, seen: str) -> None:
    assert order(typed) == seen


def test_letters_that_join_are_joined() -> None:
    """Four letters alone are wider than the word, whose letters have other forms."""
    word = sum(glyph.advance for run in split_runs("سلام") for glyph in shape(run))
    alone = sum(
        glyph.advance for sign in "سلام" for run in split_runs(sign) for glyph in shape(run)
    )
    assert word < 0.9 * alone
    # Lam and alef are one glyph.
    assert len([glyph for run in split_runs("لا") for glyph in shape(run)]) == 1


def test_what_no_font_has_is_told_and_seen() -> None:
    drawing = draw_symbol(TEXT, Design(frame="label", frame_text="Scan 😀 me\u200d\ufe0f"))
    assert drawing.missing_signs == ("😀",)
    assert set_text("😀", 30, 4).path


def test_words_are_not_broken_where_they_fit() -> None:
    assert set_text("Scan the menu", 30, 4).lines <= 2
    assert set_text("\n\tScan \r\n me \n", 30, 4).path == set_text("Scan me", 30, 4).path


@pytest.mark.parametrize(
    "sign", ["\u2066", "\u2067", "\u2068", "\u2069", "\u2029", "\x85", "\x1c", "\n"]
)
def test_signs_that_steer_direction_draw_nothing_and_break_nothing(sign: str) -> None:
    design = Design(frame="label", frame_text=f"Menu {sign}תפריט 12")
    assert to_svg(draw_symbol("https://pitchbar.example/t/menu", design))


def test_sign_that_no_standard_knows_yet_is_drawn_as_a_box() -> None:
    drawing = draw_symbol(
        "https://pitchbar.example/t/menu", Design(frame="label", frame_text="Menu \u0378")
    )
    assert drawing.missing_signs == ("\u0378",)
