import pytest

from pitchbar.answers.plain import cells_of, plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Bold**, *slanted*, _too_ and ~~gone~~.", "Bold, slanted, too and gone."),
        ("See [the *terms*](https://a.example/x_(y)) now.", "See the terms now."),
        ("A picture ![of a cat](/cat.png) of a cat.", "A picture of a cat."),
        ("`a_b*c*` and `` `tick` ``", "a_b*c* and `tick`"),
        (
            "snake_case_name and *.example.com and 2 * 3 * 4",
            "snake_case_name and *.example.com and 2 * 3 * 4",
        ),
        (r"1 \* 2 \_ 3", "1 * 2 _ 3"),
        ("Fish &amp; chips<br>today <https://a.example>", "Fish & chips today https://a.example"),
        ("> quoted\n> twice", "quoted twice"),
        ("**half a sentence", "half a sentence"),
        ("two\n lines  here ", "two lines here"),
    ],
)
def test_marks_are_gone_and_letters_stay(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_cells_are_parted_at_bars_that_are_not_escaped() -> None:
    assert cells_of(r"| `a` | b \| c | |") == ["a", "b | c", ""]
