import csv
import io

import pytest

from pitchbar.core.csv_export import csv_portions, safe_cell


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        '=HYPERLINK("x")',
        "\uff1d1",
        "\uff20x",
    ],
)
def test_formula_is_made_text(value: str) -> None:
    assert safe_cell(value) == "'" + value


@pytest.mark.parametrize("value", ["", "Ada", "a=1", "10", 10, "https://x.example/?a=b", "'x"])
def test_other_text_stays(value: object) -> None:
    assert safe_cell(value) == str(value)


def test_nothing_is_an_empty_cell() -> None:
    assert safe_cell(None) == ""


def test_what_is_written_can_be_read_again() -> None:
    rows = [["a,b", 'say "x"', "two\nlines"], ["ü", "", "0"]]
    text = "".join(csv_portions(["one", "two", "three"], rows))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["one", "two", "three"], *rows]


def test_large_file_comes_in_portions() -> None:
    portions = list(csv_portions(["n", "text"], ((n, "x" * 100) for n in range(5_000))))
    assert len(portions) > 5
    assert max(map(len, portions)) < 70_000
    assert "".join(portions).count("\r\n") == 5_001
