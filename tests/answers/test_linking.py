"""Citations that open their pages at what they quote: what stands on a page twice is looked up."""

import pytest

from pitchbar.answers import linking
from pitchbar.answers.extractive import compose
from pitchbar.answers.linking import linked
from pitchbar.retrieval.search import search
from tests.retrieval.factories import Text, make_indexed
from tests.support.factories import People

QUESTION = "How long is a voucher worth?"
SENTENCE = "A voucher is worth three years."


def _urls(people: People, markdown: str) -> list[str]:
    make_indexed(people.workspace.id, [Text("Refunds", markdown)])
    hits = search(people.workspace.id, QUESTION).hits
    return [one.url for one in linked(compose(QUESTION, hits).citations, hits)]


def test_citation_opens_its_page_at_the_quote(people: People) -> None:
    assert _urls(people, f"# Refunds\n\nWrite to the till.\n\n{SENTENCE}") == [
        "https://site.example/refunds#:~:text=A%20voucher%20is%20worth%20three%20years"
    ]


def test_what_stands_elsewhere_on_the_page_too_is_not_opened_there(people: People) -> None:
    """The other place is in another passage: the page itself is looked at."""
    far = "\n\n".join(f"## Part {at}\n\n{'Some other words of it. ' * 20}" for at in range(8))
    # Nothing stands before or after it that would tell the places apart.
    urls = _urls(people, f"# Refunds\n\n{SENTENCE}\n\n{far}\n\n## Vouchers\n\n{SENTENCE}")
    assert urls == ["https://site.example/refunds"]


@pytest.mark.parametrize(("again", "is_opened"), [("", True), (SENTENCE, False)])
def test_of_a_page_too_long_to_look_through_the_section_is(
    people: People, monkeypatch: pytest.MonkeyPatch, again: str, is_opened: bool
) -> None:
    monkeypatch.setattr(linking, "_LONGEST_PAGE", 100)
    other = "\n\n".join(f"{'Some other words of it. ' * 20}" for _ in range(8))
    # Under the same heading it may stand once more, in another passage.
    [url] = _urls(people, f"# Refunds\n\n{SENTENCE}\n\n{other}\n\n{again}\n\n## End\n\nBye.")
    assert (":~:text=" in url) == is_opened
