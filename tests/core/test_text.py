import pytest

from pitchbar.core.text import has_control_characters, storable


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Grüße, 日本 🙂\r\n\t", "Grüße, 日本 🙂\r\n\t"),
        ("a\x00b", "a\ufffdb"),
        ("half \ud83d", "half ?"),
        ("\x1b[0m", "\x1b[0m"),
    ],
)
def test_what_postgresql_refuses_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored


@pytest.mark.parametrize(
    ("text", "found"), [("a\r\nb\tc", False), ("a\x00", True), ("\x1b[0m", True), ("", False)]
)
def test_control_characters_are_what_no_keyboard_types(text: str, found: bool) -> None:
    assert has_control_characters(text) is found
