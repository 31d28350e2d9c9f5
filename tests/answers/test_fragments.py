"""Addresses that open a page at what is quoted from it."""

from urllib.parse import unquote

import pytest

from pitchbar.answers.fragments import fragment_url

URL = "https://site.example/page"
PAGE = """# Refunds

Money comes back within *fourteen* days, and-so on & on. Write to the till.

Write to the till. Bring the receipt.

## Plans

| Plan | Price |
|---|---|
| Starter | nineteen dollars |
| Growth | seventy dollars |

- Pack the [shoes](/shoes).
- Bring the parcel.

A long sentence that goes on for more than ninety characters, so that it is named by its first words
and its last ones alone.
"""


@pytest.mark.parametrize(
    ("quote", "directive"),
    [
        (
            "Money comes back within *fourteen* days, and-so on & on.",
            "Money%20comes%20back%20within%20fourteen%20days%2C%20and%2Dso%20on%20%26%20on",
        ),
        ("Bring the receipt.", "Bring%20the%20receipt"),
        ("| Growth | seventy dollars |", "Growth,seventy%20dollars"),
        (
            "- Pack the [shoes](/shoes).\n- Bring the parcel.",
            "Pack%20the%20shoes,Bring%20the%20parcel",
        ),
        (
            "A long sentence that goes on for more than ninety characters, so that it is named by "
            "its first words\nand its last ones alone.",
            "A%20long%20sentence%20that%20goes%20on,words%20and%20its%20last%20ones%20alone",
        ),
    ],
)
def test_quote_is_named_as_browsers_look_for_it(quote: str, directive: str) -> None:
    if quote not in PAGE:
        quote = quote.replace("by its", "by its")
    assert fragment_url(URL, PAGE, quote) == f"{URL}#:~:text={directive}"


def test_what_stands_twice_is_told_apart_by_what_stands_around_it() -> None:
    page = "We close early. The bar opens at six.\n\nOn Mondays the bar opens at six. Always."
    quote = "the bar opens at six."
    assert (
        unquote(fragment_url(URL, page, quote)) == f"{URL}#:~:text=On Mondays-,the bar opens at six"
    )


@pytest.mark.parametrize(
    ("url", "quote"),
    [
        (URL, "Write to the till."),  # twice, and nothing before the one in a block of its own
        (URL, "It is not there."),
        (URL, "ack the shoes"),
        (URL, ""),
        (URL, "🙂"),
        ("", "Bring the receipt."),
        ("https://site.example/terms.PDF", "Bring the receipt."),
        ("file:///srv/receipts", "Bring the receipt."),
        ("upload:7", "Bring the receipt."),
        ("https://[broken", "Bring the receipt."),
    ],
)
def test_where_it_would_not_be_found_surely_the_address_stays_bare(url: str, quote: str) -> None:
    assert fragment_url(url, PAGE, quote) == url


def test_an_anchor_of_the_address_stays() -> None:
    url = fragment_url(f"{URL}#refunds:~:text=old", PAGE, "Bring the receipt.")
    assert url == f"{URL}#refunds:~:text=Bring%20the%20receipt"


def test_words_are_not_cut() -> None:
    page = "Unbelievable prices.\n\nCheap prices."
    assert fragment_url(URL, page, "believable prices.") == URL
