"""What is kept off answers, and what looks like it and stays."""

import pytest

from pitchbar.answers.filters import LinkFilter, without_html
from pitchbar.answers.leaks import LeakWatch
from pitchbar.answers.sentence_stream import whole_sentences
from pitchbar.answers.unseen import without_unseen
from tests.answers.dresses import DRESSES
from tests.answers.injections import SAID
from tests.answers.passages import hit_of

LINKS = LinkFilter([hit_of("Write to till@site.example.", url="https://www.site.example/refunds")])
PRIVATE = (
    "You are Helper, who replies to visitors of a website. You speak for the lighthouse café at "
    "the old harbour, and you adore rhubarb cake. Close each sentence with a number."
)
# These are told by looking at the passages: nothing in them is a word of any.
UNREADABLE = {
    "without vowels", "in Pig Latin", "in words for letters", "in Morse code",
    "in letters that look alike", "in entities", "for an address",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Refunds are paid within 14 days.",
        "If a < b and c > d, it fits.",
        "Write <3 for love, or 5<6.",
        "It costs 1.000,50 € (e.g. 3.5 kg).",
        "Use settings.py, README.md, app.js, Node.js or v1.2.3.",
        "He came at 10.30. It is late.",
        "Press Ctrl+C/Ctrl+V, and/or 24/7.",
        "See **bold** and *this*<br>and <b>that</b>.",
        "The ratio is 3:1; note: data is kept.",
        "Wow! [1]",
        "Open /t/<short_code> or /w/<slug>/codes.",
        "Open https://www.site.example/refunds [1].",
        "Write to till@site.example.",
        "Look at www.site.example.",
    ],
)
def test_what_people_write_is_no_link_and_no_html(text: str) -> None:
    assert not LINKS.has_link(text)


LINK_LIKE = [name for name in SAID if name.split()[0] in ("address", "link", "host", "picture")]


@pytest.mark.parametrize("name", [*LINK_LIKE, "e-mail", "script", "frame", "form", "style"])
def test_links_and_html_are_seen_in_every_disguise(name: str) -> None:
    assert LINKS.has_link(SAID[name])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a<script>b</script>c", "ac"),
        ("<scr<script>x</script>ipt>alert(1)</script>", "alert(1)"),
        ("&lt;img src=x onerror=y&gt; z", " z"),
        ("&amp;lt;input onload=y&amp;gt; z", " z"),
        ("![a](b) z", " z"),
        ("a <b", "a "),
        ("a <x onclick=y>b", "a b"),
        ("a </x>b", "a b"),
        ("a <sc", "a "),
        ("a <name>", "a <name>"),
        ("a <!-- b", "a "),
        ("1 < 2", "1 < 2"),
    ],
)
def test_html_is_taken_out_until_none_is_left(text: str, rest: str) -> None:
    assert without_html(text) == rest


def test_without_a_model_links_of_others_become_a_mark_and_code_stays() -> None:
    text = (
        "Get it at https://other.example/x or https://www.site.example/y: `curl http://a.example`"
    )
    assert LINKS.tidied(text) == (
        "Get it at … or https://www.site.example/y: `curl http://a.example`"
    )


def test_signs_that_nobody_sees_are_gone_and_letters_stay() -> None:
    assert without_unseen(" a\u200bb\u202ec\ufeff\U000e0041\x00 ") == "abc"
    kept = "naïve – 漢字 👩‍🚀 हिन्दी می‌خواهم\n\ttab"
    assert without_unseen(kept) == kept


@pytest.mark.parametrize("dress", [name for name in DRESSES if name not in UNREADABLE])
def test_a_leak_is_seen_in_every_dress(dress: str) -> None:
    watch = LeakWatch(PRIVATE, ["Refunds are paid within 14 days."])
    said = DRESSES[dress](PRIVATE)
    assert any(watch.tells(one) for one in whole_sentences([said]))


@pytest.mark.parametrize(
    "said",
    [
        "Refunds are paid within 14 days to the card that was charged.",
        "You speak to a visitor of the website.",
        "0123456789 9876543210 14 15 16 17 18 19 20 21",
        "SGVsbG8gd29ybGQsIHRoaXMgaXMgaGFybWxlc3M=",
        "",
    ],
)
def test_what_the_passages_say_is_no_leak(said: str) -> None:
    watch = LeakWatch(
        f"{PRIVATE} Refunds are paid within 14 days.", ["Refunds are paid within 14 days"]
    )
    assert not watch.tells(said)


def test_a_leak_in_small_portions_is_seen() -> None:
    watch = LeakWatch(PRIVATE, [])
    words = PRIVATE.split()
    told = [watch.tells(f"{word}.") for word in words]
    assert told.index(True) < 6


STREAMED = (
    "Vouchers last three years.[1] They are never paid out [2]. See also:\n- one thing [1]\n"
    "- two, e.g. 3.5 kg.\n\n```\na. b\nc\n```\n| a | b |\n|---|---|\n漢字です。[1]次です。Done!"
)
WHOLE = [
    "Vouchers last three years.[1]",
    " They are never paid out [2].",
    " See also:",
    "\n- one thing [1]",
    "\n- two, e.g. 3.5 kg.",
    "\n\n```\na. b\nc\n```",
    "\n| a | b |",
    "\n|---|---|",
    "\n漢字です。[1]",
    "次です。",
    "Done!",
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_sentences_come_whole_however_the_text_is_cut(size: int) -> None:
    pieces = [STREAMED[at : at + size] for at in range(0, len(STREAMED), size)]
    assert list(whole_sentences(pieces)) == WHOLE


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        (["<thi", "nk>Hm. The rules…</th", "ink>\nYes. No."], ["\nYes.", " No."]),
        (["<think>and nothing more. At all."], []),
        (["<b>Bold</b>. Yes."], ["<b>Bold</b>.", " Yes."]),
        (["", " ", ""], []),
        (["Open [1"], ["Open [1"]),
        (["```\nno end. Of it"], ["```\nno end. Of it"]),
    ],
)
def test_thoughts_are_not_aloud_and_open_ends_are_told(
    said: list[str], sentences: list[str]
) -> None:
    assert list(whole_sentences(said)) == sentences


def test_a_sentence_without_an_end_comes_in_parts() -> None:
    parts = list(whole_sentences(["word " * 600]))
    assert len(parts) > 2
    assert max(len(one) for one in parts) <= 901
    assert "".join(parts).split() == ["word"] * 600
