"""What files say is read by what they are, and what cannot be read is told in a sentence."""

import io
import json
import struct
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.reading import bounded
from pitchbar.reading.bounded import Limits
from pitchbar.reading.chunking import chunk
from pitchbar.reading.texts import ReadText, Unreadable, read_file
from tests.reading import made_files as made


def refusal(content: bytes, name: str = "file", limits: Limits = Limits()) -> Unreadable:  # noqa: B008
    with pytest.raises(Unreadable) as refused:
        read_file(content, name, limits=limits)
    assert str(refused.value)[0].isupper()
    assert str(refused.value)[-1] == "."
    return refused.value


WORD = made.docx(
    made.word_paragraph("Boats", "Heading1")
    + made.word_paragraph("We rent boats to everybody who asks for them politely.")
    + made.word_paragraph("Prices", "Heading2")
    + made.word_table([["Boat", "An hour"], ["Rowing", "20"], ["Motor", "90"]])
)
SLIDES = made.pptx(
    [("Welcome", ["To the harbour", "To the boats"])], [["Day", "Hours"], ["Mo", "9-18"]]
)
SHEETS = made.xlsx(
    {
        "Prices": [
            ["Boat", "An hour", "From"],
            ["Rowing", 20.0, date(2026, 4, 1)],
            ["Motor", 90.5],
        ],
        "Nothing": [],
        "Days": [["Day", "Hours"], ["Monday", "9-18"]],
    }
)
BOOK = made.epub(["<h1>Second</h1><p>The end.</p>", "<h1>First</h1><p>The boats &amp; more.</p>"])
PAGE = b"<!DOCTYPE html><title>Our boats</title><main><h1>Boats</h1><p>We rent boats.</p></main>"
CSV = "Boot;Preis\nRuderboot;20 €\nMotorböötli;90\n\nFloss;\n"


@pytest.mark.parametrize(
    ("content", "title", "parts"),
    [
        (
            WORD,
            "Boats",
            [
                "# Boats\n\nWe rent",
                "## Prices",
                "| Boat | An hour |\n| --- | --- |\n| Rowing | 20 |",
                "| Motor | 90 |",
            ],
        ),
        (
            SLIDES,
            "Welcome",
            ["## Welcome\n\n- To the harbour\n- To", "Say slowly", "| Mo | 9-18 |"],
        ),
        (
            SHEETS,
            "Prices",
            [
                "## Prices\n\n| Boat | An hour | From |\n|---|---|---|\n| Rowing | 20 | 2026-04-01 |\n",
                "| Motor | 90.5 |  |",
                "## Days\n\n| Day | Hours |",
            ],
        ),
        (BOOK, "The Boat Book", ["# First\n\nThe boats & more.\n\n# Second\n\nThe end."]),
        (PAGE, "Our boats", ["# Boats\n\nWe rent boats."]),
        (
            CSV.encode("cp1252"),
            "a price list",
            ["| Boot | Preis |\n|---|---|\n| Ruderboot | 20 € |"],
        ),
        (CSV.encode(), "a price list", ["| Motorböötli | 90 |\n| Floss |  |"]),
        (CSV.encode("utf-16"), "a price list", ["| Ruderboot | 20 € |"]),
        (CSV.replace(";", "\t").encode(), "a price list", ["| Motorböötli | 90 |"]),
        (
            b"# Hours\r\n\r\nWe open at nine, always.\x07",
            "Hours",
            ["# Hours\n\nWe open at nine, always."],
        ),
        ("Grüezi, wir öffnen um neun.".encode("cp1252"), "a price list", ["Grüezi, wir öffnen"]),
        (made.pdf([[(50, 700, 10, "We rent boats to all.")]]), "a price list", ["We rent boats"]),
    ],
)
def test_a_file_is_read_by_what_it_is_whatever_it_is_called(
    content: bytes, title: str, parts: list[str]
) -> None:
    read = read_file(content, "a_price_list.bin")
    assert read.title == title
    assert [part for part in parts if part not in read.markdown] == []
    assert read.characters_kept == len(read.markdown)
    assert read.characters_in > 0
    assert read.gate == ""


def test_a_file_on_disk_is_read_like_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(WORD)
    assert read_file(tmp_path / "x", "boats.docx") == read_file(WORD, "boats.docx")


def test_a_long_table_of_a_file_has_its_head_in_each_chunk() -> None:
    rows = "\n".join(f"Boat number {number},{number} francs" for number in range(200))
    read = read_file(f"Boat,Price\n{rows}\n".encode(), "boats.csv")
    chunks = chunk(read.markdown, read.title)
    assert len(chunks) > 2
    assert all(one.text.startswith("| Boat | Price |\n|---|---|\n") for one in chunks)


def columns(lines: int = 12) -> list[made.PrintedLine]:
    left = made.column(50, 700, [f"Left {at} tells of boats and the" for at in range(lines)])
    right = made.column(310, 700, [f"Right {at} tells of castles and the" for at in range(lines)])
    return [line for pair in zip(left, right, strict=True) for line in pair]


def test_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    page = [
        (50.0, 780.0, 22.0, "A title across both of the columns"),
        *columns(),
        (
            50.0,
            500.0,
            10.0,
            "A line below both columns that is as wide as both of them taken together is",
        ),
        *[
            (left, bottom - 250, size, text.replace("tells", "says"))
            for left, bottom, size, text in columns()
        ],
    ]
    said = read_file(made.pdf([page]), "two.pdf").markdown
    order = [
        "# A title across",
        "Left 0 tells",
        "Left 11 tells",
        "Right 0 tells",
        "Right 11 tells",
        "A line below",
        "Left 0 says",
        "Left 11 says",
        "Right 0 says",
        "Right 11 says",
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)


def test_rows_of_a_table_in_a_pdf_stay_rows() -> None:
    rows = [(f"Boats with {at} seats and a sail", f"{at}0 francs") for at in range(1, 8)]
    page = [
        (left, 700.0 - 14 * at, 10.0, text)
        for at, row in enumerate(rows)
        for left, text in zip((50.0, 300.0), row, strict=True)
    ]
    said = read_file(made.pdf([page]), "prices.pdf").markdown
    assert said == "\n".join(" | ".join(row) for row in rows)


def test_words_that_were_parted_and_titles_that_run_above_are_mended() -> None:
    pages = [
        [
            (50.0, 800.0, 8.0, "The Boat Gazette"),
            *made.column(
                50, 760, [f"Part {at} says that every har-", "bour has boats, and that it"]
            ),
            (50.0, 40.0, 8.0, f"Page {at}"),
        ]
        for at in range(1, 6)
    ]
    said = read_file(made.pdf(pages), "gazette.pdf").markdown
    assert said.count("every harbour has boats") == 5
    assert "Gazette" not in said
    assert "Page 3" not in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Price;20\xa0€\nBo\x00at;9\x01\nClim\xadb;1\n".encode(), "| Boat | 9 |"),
        ("From\xa0nine to\x00 fi\u200bve, क्\u200dष.".encode(), "From nine to five, क्\u200dष."),
        (made.docx(made.word_paragraph("Fi\xadve\xa0boats")), "Five boats"),
    ],
)
def test_signs_that_nobody_sees_are_left_out(content: bytes, told: str) -> None:
    read = read_file(content, "a\x00b.txt")
    assert told in read.markdown
    assert "\x00" not in read.markdown + read.title


def test_pages_of_a_line_each_are_no_titles_that_run_above() -> None:
    pages = [
        [(50.0, 700.0, 10.0, f"Boat {at} has {at} seats and a sail of its own.")] for at in range(9)
    ]
    said = read_file(made.pdf(pages), "boats.pdf").markdown
    assert all(f"Boat {at} has" in said for at in range(9))


def test_a_table_of_contents_is_told_without_its_dots() -> None:
    page = [(50.0, 700.0, 10.0, f"Boats and castles{' .' * 60} 17")]
    assert read_file(made.pdf([page]), "a.pdf").markdown == "Boats and castles … 17"


def test_the_title_of_a_word_file_is_its_first_heading() -> None:
    style = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>'
    )
    body = made.word_paragraph("Boats for all", "Titel") + made.word_paragraph("We rent them.")
    read = read_file(made.docx(body, more={"word/styles.xml": style}), "x.docx")
    assert read.markdown == "# Boats for all\n\nWe rent them."
    assert read.title == "Boats for all"


def test_a_pdf_says_which_of_its_pages_hold_no_text() -> None:
    read = read_file(made.pdf([[(50, 700, 10, "We rent boats to everybody.")], [], []]), "a.pdf")
    assert read.notes == (
        "2 pages hold no text, perhaps a picture, and could not be read: 2, 3 of 3.",
    )


PDF = made.pdf([[(50, 700, 10, "For our eyes alone, and nobody else's.")]])
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{at} "{f"&a{at - 1 or str()};" * 10}">' for at in range(1, 10))
    + "]>"
)
# Of one entity, that is read in two portions where so much stands before it.
ENTITY = '<!DOCTYPE x [<!ENTITY a "a">]>'
NULLS = b"0" * 50_000_000


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("encrypted", made.encrypted_pdf(PDF, "secret")),
        ("scanned", made.scanned_pdf(2)),
        ("broken", PDF[:150]),
        ("broken", b"%PDF-1.7\n" + b"\xff" * 5000),
        ("broken", WORD[:-200]),
        ("broken", WORD[:300] + bytes(50) + WORD[350:]),
        ("broken", made.docx("<w:p><w:r>")),
        ("broken", made.zipped({"[Content_Types].xml": "<x/>"})),
        ("broken", made.zipped({"mimetype": "application/epub+zip"})),
        ("empty", made.docx("")),
        ("empty", b""),
        ("empty", b"  \n\n\x00"),
        ("empty", made.xlsx({"Sheet": []})),
        ("unknown", made.PNG),
        ("unknown", bytes(range(256)) * 50),
        ("unknown", made.zipped({"readme.txt": "Hello"})),
        ("unknown", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") * 9),
        ("encrypted", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        (
            "encrypted",
            made.epub(
                ["x"], {"META-INF/encryption.xml": '<x><EncryptionMethod Algorithm="aes"/></x>'}
            ),
        ),
        ("bomb", made.docx("", more={"word/media/a.xml": NULLS})),
        ("bomb", made.docx(made.word_paragraph("&a9;"), ENTITIES)),
        ("bomb", made.docx(made.word_paragraph("x"), "<!--" + "x" * 65_512 + "-->" + ENTITY)),
        ("bomb", made.epub(["x"], {"OEBPS/book.opf": f"{ENTITIES}<x>&a9;</x>".encode("utf-16")})),
        ("bomb", made.zipped({"xl/workbook.xml": ENTITIES})),
        ("bomb", made.zipped({"ppt/presentation.xml": ENTITIES})),
        ("bomb", made.zipped({f"{at}": "" for at in range(10_001)})),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(kind: str, content: bytes) -> None:
    assert refusal(content).kind == kind


def test_a_pdf_that_only_its_owner_may_change_is_read() -> None:
    assert "our eyes" in read_file(made.encrypted_pdf(PDF, ""), "a.pdf").markdown


def test_an_entry_that_lies_about_its_size_is_no_way_around() -> None:
    """It says a hundred bytes, and holds fifty million."""
    content = bytearray(made.docx("", more={"word/a.xml": NULLS}))
    name = b"word/a.xml"
    for mark, at, place in (
        (b"PK\x03\x04", 22, content.index(name)),
        (b"PK\x01\x02", 24, content.rindex(name)),
    ):
        header = content.rindex(mark, 0, place)
        content[header + at : header + at + 4] = struct.pack("<I", 100)
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.getinfo("word/a.xml").file_size == 100
    assert refusal(bytes(content)).kind in ("broken", "bomb")


def test_a_reader_that_falls_takes_nobody_along() -> None:
    """A sheet with two cells in opposite corners: seventeen thousand million lie between them."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "first")
        sheet.write(1_048_575, 16_383, "last")
    started = time.monotonic()
    assert refusal(content.getvalue(), limits=Limits(seconds=20)).kind == "bomb"
    assert time.monotonic() - started < 20


def test_reading_is_broken_off_in_time() -> None:
    """A text whose reading takes long: the child is ended, and nothing waits for it."""
    started = time.monotonic()
    rows = "\n".join(f"{number};{'x;' * 40}" for number in range(150_000))
    assert refusal(rows.encode(), "a.csv", Limits(seconds=0.2)).kind == "slow"
    assert time.monotonic() - started < 8


def test_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(51 << 20)
    with pytest.raises(Unreadable, match=r"has 51\.0 MB; at most 50 MB") as refused:
        read_file(large, "large.pdf")
    assert refused.value.kind == "too_large"
    with pytest.raises(Unreadable, match="at most 1 MB"):
        read_file(b"x" * (2 << 20), "a.txt", most_bytes=1 << 20)


def test_more_text_than_a_source_takes_is_refused() -> None:
    assert refusal(b"Words and more words. " * 240_000, "a.txt").kind == "too_large"


_PROBE = """
import resource, sys
from pitchbar.reading import child
def look(data):
    limits = [resource.getrlimit(one)[0] for one in (resource.RLIMIT_CPU, resource.RLIMIT_AS)]
    try:
        with open(sys.argv[2], "w") as file:
            file.write("x")
    except OSError:
        return {"wrote": False, "limits": limits}
    return {"wrote": True, "limits": limits}
child.WORK["look"] = look
child.main()
"""


def test_a_reader_is_limited_and_writes_no_file(tmp_path: Path) -> None:
    order = json.dumps({"work": "look", "seconds": 5, "memory": 1 << 30, "facts": {}})
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, order, str(tmp_path / "left")],
        input=b"",
        capture_output=True,
        cwd=ROOT,
    )
    assert json.loads(done.stdout) == {"read": {"wrote": False, "limits": [5, 1 << 30]}}


def test_a_reader_that_waits_for_ever_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It takes no time of a processor, so nothing but the clock of whoever waits ends it."""
    waiting = tmp_path / "python"
    waiting.write_text("#!/bin/sh\nexec sleep 60\n")
    waiting.chmod(0o755)
    monkeypatch.setattr(bounded, "_GRACE_SECONDS", 0)
    monkeypatch.setattr(sys, "executable", str(waiting))
    started = time.monotonic()
    assert refusal(WORD, limits=Limits(seconds=0.2)).kind == "slow"
    assert time.monotonic() - started < 30


def test_a_reader_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_KEY", "a secret of this process")
    given: dict[str, str] = {}
    run = subprocess.run

    def look(*arguments: Any, **options: Any) -> Any:
        given.update(options["env"])
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", look)
    assert read_file(b"We open at nine.", "a.txt").markdown
    assert sorted(given) == ["LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE"]


def test_the_title_of_a_file_without_headings_is_its_name() -> None:
    read: ReadText = read_file(b"We open at nine.", "C:\\My files\\opening_hours 2026.txt")
    assert read.title == "opening hours 2026"
