"""A document is cut where its author cut it, and nothing of it is lost."""

import random
import time
from itertools import pairwise

import pytest

from pitchbar.reading.chunking import ChunkText, chunk, content_hash_of
from pitchbar.reading.tokens import count_tokens

SENTENCE = "The tour number {} begins at the harbour and ends at the castle."


def prose(sentences: int, first: int = 0) -> str:
    return " ".join(SENTENCE.format(first + number) for number in range(sentences))


def missing(markdown: str, chunks: list[ChunkText]) -> str:
    """What is in no chunk and in no heading."""
    covered = bytearray(len(markdown))
    for one in chunks:
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    left = "".join(letter for letter, is_in in zip(markdown, covered, strict=True) if not is_in)
    lines = [line.strip("# =-") for line in left.splitlines()]
    told = {heading for one in chunks for heading in one.headings}
    return "".join(line for line in lines if line.strip() and line not in told)


def test_a_short_text_is_one_chunk() -> None:
    (only,) = chunk("We open at nine.", "Hours")
    assert (only.text, only.headings, only.position) == ("We open at nine.", ("Hours",), 0)
    assert (only.start, only.end) == (0, 16)
    assert only.tokens == 5


@pytest.mark.parametrize("empty", ["", "\n \n\t\n"])
def test_nothing_has_no_chunks(empty: str) -> None:
    assert chunk(empty, "Title") == []


def test_each_section_is_told_with_the_headings_above_it() -> None:
    markdown = (
        f"# Tours\n\n{prose(8)}\n\n## Boats\n\n{prose(8)}\n\n### Prices\n\n{prose(8)}\n\n"
        f"## Castles ##\n\n{prose(8)}"
    )
    assert [one.headings for one in chunk(markdown, "tours")] == [
        ("Tours",),
        ("Tours", "Boats"),
        ("Tours", "Boats", "Prices"),
        ("Tours", "Castles"),
    ]
    assert chunk(markdown, "Our shop")[1].headings == ("Our shop", "Tours", "Boats")
    assert missing(markdown, chunk(markdown, "")) == ""


def test_headings_are_told_without_their_marks_and_those_in_code_are_none() -> None:
    markdown = "Tours\n=====\n\n## **All** `boats` and [more](/more)\n\n```\n# not one\n```"
    (only,) = chunk(markdown, "")
    assert only.headings == ("Tours", "All boats and more")
    assert only.text == "```\n# not one\n```"


def test_a_heading_with_nothing_below_it_is_not_lost() -> None:
    markdown = f"# Shop\n\n{prose(30)}\n\n## Call 0800 123 456"
    last = chunk(markdown, "Shop")[-1]
    assert "0800 123 456" in last.text


def test_small_sections_are_read_together_and_keep_their_headings() -> None:
    questions = "\n\n".join(f"## May I bring {pet}?\n\nYes, of course." for pet in ("dogs", "cats"))
    (only,) = chunk(f"# Questions\n\n{questions}", "Hotel")
    assert only.headings == ("Hotel", "Questions")
    assert only.text == questions


def test_sections_of_a_length_of_their_own_stay_apart() -> None:
    markdown = f"# A\n\n{prose(10)}\n\n# B\n\n{prose(10)}"
    assert [one.headings for one in chunk(markdown, "")] == [("A",), ("B",)]


def test_long_prose_is_cut_between_sentences_and_repeats_the_last_ones() -> None:
    markdown = prose(200)
    chunks = chunk(markdown, "Tours")
    assert all(one.text.startswith("The tour") and one.text.endswith("castle.") for one in chunks)
    assert all(400 <= one.tokens <= 550 for one in chunks[:-1])
    for before, after in pairwise(chunks):
        again = markdown[after.start : before.end]
        assert 25 <= count_tokens(again) <= 50
    assert missing(markdown, chunks) == ""


def test_paragraphs_stay_whole_where_a_chunk_is_half_full() -> None:
    paragraphs = [prose(12, 12 * number) for number in range(10)]
    chunks = chunk("\n\n".join(paragraphs), "")
    assert all(any(one.text.endswith(text) for text in paragraphs) for one in chunks)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith paid 3.50 francs, e.g. for tea. He left.", 2),
        ("Das Fest ist am 3. Mai, z.B. in Bern. Kommen Sie!", 2),
        ("J. R. R. Tolkien wrote it. (Really.) “Yes.” No?! Well…", 5),
        ("我们九点开门。周日休息。欢迎!", 3),
        ("हम नौ बजे खुलते हैं। रविवार को बंद।", 2),
        ("it is lower case. all of it. always", 3),
    ],
)
def test_sentences_are_told_apart(text: str, count: int) -> None:
    from pitchbar.reading.sentences import sentences

    assert len(list(sentences(text, 0, len(text)))) == count


def test_a_table_that_is_cut_repeats_its_head() -> None:
    head = "| Tour | Price |\n|---|---|"
    rows = [f"| Tour number {number} | {number} francs |" for number in range(150)]
    markdown = f"Our prices:\n\n{head}\n" + "\n".join(rows)
    chunks = chunk(markdown, "")
    assert len(chunks) > 2
    assert chunks[0].text.startswith("Our prices:")
    assert all(one.text.startswith(f"{head}\n| Tour number") for one in chunks[1:])
    assert all(one.text.splitlines()[-1] in rows for one in chunks)
    assert all(one.tokens <= 550 for one in chunks)
    assert [row for one in chunks for row in one.text.splitlines() if row in rows] == rows


def test_rows_of_a_table_without_lines_have_their_head_too() -> None:
    rows = [f"senior notes {number} | {number} | {number + 1}" for number in range(100)]
    chunks = chunk("\n".join(["($ in millions) | 2017 | 2016", *rows]), "")
    assert len(chunks) > 1
    assert all(one.text.startswith("($ in millions) | 2017 | 2016\n") for one in chunks)


def test_a_table_or_code_that_fits_is_not_cut() -> None:
    code = "```python\n" + "\n".join(f"    call({number})" for number in range(60)) + "\n```"
    markdown = f"{prose(20)}\n\n{code}\n\n{prose(20)}"
    assert any(code in one.text for one in chunk(markdown, ""))


def test_code_that_does_not_fit_is_cut_between_lines_and_keeps_its_indentation() -> None:
    lines = [f"        call_{number}(argument)" for number in range(300)]
    chunks = chunk("```python\n" + "\n".join(lines) + "\n```", "")
    assert len(chunks) > 2
    assert all(one.text.startswith("```python\n        call_") for one in chunks)
    told = [line for one in chunks for line in one.text.splitlines() if line in lines]
    assert told == lines


def test_a_line_of_introduction_stays_with_its_list() -> None:
    items = "\n".join(f"- Item {number}: {prose(2)}" for number in range(30))
    chunks = chunk(f"What we offer:\n\n{items}", "")
    assert chunks[0].text.startswith("What we offer:\n\n- Item 0")
    assert all(one.text.startswith("- Item") or "castle." in one.text for one in chunks[1:])


def test_a_line_of_introduction_is_no_chunk_of_its_own() -> None:
    rows = "\n".join(f"| Tour {number} | {number} francs |" for number in range(68))
    table = f"| Tour | Price |\n|---|---|\n{rows}"
    assert 450 < count_tokens(table) <= 500
    (only,) = chunk(f"These are our prices of this year, and they hold.\n\n{table}", "")
    assert only.text.startswith("These are our prices")


def test_headings_that_say_the_same_again_are_not_lost() -> None:
    chunks = chunk("# Call\n\n### Us\n\n# Call\n\n### Us", "Shop")
    assert "Us" in " ".join(one.text for one in chunks)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 5000,
        "x" * 30_000,
        "这是一个没有标点的句子" * 500,
        "a, b; c: " * 3000,
        "| " + "x " * 5000 + "|\n|---|\n| y |",
        "| a |\n|---|\n| " + "long cell " * 3000 + "|",
        "```\n" + "z" * 20_000,
        "base64,iVBORw0KGgo+/=" * 1000,
        "#" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_has_no_place_to_be_cut_is_cut_all_the_same(text: str) -> None:
    chunks = chunk(text, "Title")
    assert all(0 < one.tokens <= 700 for one in chunks)
    assert missing(text, chunks) == ""


@pytest.mark.parametrize(
    "unit", [" ", ".", "-", "|", "#", "* ", "|-", "[", "`", "> ", '."', "。", "\n", "-\n", "a |"]
)
def test_hostile_text_takes_no_more_than_its_length(unit: str) -> None:
    text = "a" + unit * (100_000 // len(unit)) + "x"
    started = time.process_time()
    chunk(text, text[:1000])
    assert time.process_time() - started < 1.5


def test_nothing_is_lost_of_texts_of_any_build() -> None:
    chance = random.Random(7)
    parts = [
        "# Heading {}",
        "### Deep heading {}",
        "- item {} with words",
        "Sentence {} of prose. Another one!",
        "| a {} | b |\n|---|---|\n| c | d |",
        "```\ncode {}\n```",
        "> quoted {}",
        "1. first {}\n   goes on",
        prose(40),
        "",
    ]
    for size in (20, 60, 500):
        for _ in range(60):
            chosen = chance.choices(parts, k=chance.randrange(1, 30))
            markdown = chance.choice(["\n", "\n\n"]).join(
                part.format(number) for number, part in enumerate(chosen)
            )
            chunks = chunk(markdown, "Title", size=size, overlap=size // 10)
            assert missing(markdown, chunks) == "", markdown
            assert [one.position for one in chunks] == list(range(len(chunks)))
            assert all(one.text.endswith(markdown[one.start : one.end]) for one in chunks)


def test_hashes_tell_what_is_embedded() -> None:
    first, again, other = (chunk("Text.", title)[0].content_hash for title in ("A", "A", "B"))
    assert first == again != other
    assert content_hash_of("One  line\n\n") == content_hash_of("One line")
    assert content_hash_of("One line") != content_hash_of("One lines")
