"""A country is the same one by its name in another language."""

import pytest

from pitchbar.answers.other_names import is_named_in


@pytest.mark.parametrize(
    ("text", "name", "language", "text_language", "is_there"),
    [
        ("Wir liefern nach Österreich.", "Austria", "en", "de", True),
        ("We deliver to Austria.", "Österreich", "de", "en", True),
        ("Wir liefern nach Australien.", "Austria", "en", "de", False),
        ("Enviamos a Alemania.", "GERMANY", "en", "es", True),
        ("Wir liefern in alle Welt.", "World", "en", "de", False),
        ("Wir liefern nach Wien.", "Vienna", "en", "de", False),
        ("Anything", "Austria", "en", "xx", False),
        ("Anything", "Austria", "", "", False),
    ],
)
def test_countries(text: str, name: str, language: str, text_language: str, is_there: bool) -> None:
    assert is_named_in(text, name, language, text_language) is is_there
