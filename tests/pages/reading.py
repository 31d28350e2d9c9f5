"""What a person reads on a page of figures."""

import re
from dataclasses import dataclass

_FIGURE = re.compile(r'id="figure-(\w+)">.*?data-count="(\d+)">[^<]*</p>(.*?)</div>', re.S)
_WORDS = re.compile(r'<p class="figure-\w+[^"]*"[^>]*>(.*?)</p>', re.S)
_ROW = re.compile(r'<tr id="scan-[^"]+"(.*?)</tr>', re.S)


@dataclass(frozen=True)
class DashboardPage:
    """`figures` by key, and the last words under each; `rows` are the latest scans, as HTML."""

    figures: dict[str, int]
    words: dict[str, str]
    rows: list[str]


def read_dashboard(page: str) -> DashboardPage:
    found = _FIGURE.findall(page)
    return DashboardPage(
        {key: int(value) for key, value, _ in found},
        {key: _plain(_WORDS.findall(words)) for key, _, words in found},
        _ROW.findall(page),
    )


def _plain(paragraphs: list[str]) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", paragraphs[-1]).split()) if paragraphs else ""


def figures_of(page: str) -> tuple[int, int, int]:
    """All hits, people and unique people."""
    figures = read_dashboard(page).figures
    return figures["hits"], figures["people"], figures["unique_people"]


@dataclass(frozen=True)
class Card:
    """The rows of a card, or of a whole list."""

    names: list[str]
    widths: list[str]
    counts: list[str]


def card_of(page: str, key: str) -> Card:
    """`key` is that of the card; "list" for the whole list of a breakdown."""
    name = "list" if key == "list" else f"card-{key}"
    told = page.partition(f'id="{name}"')[2].partition("</section>")[0]
    return Card(
        re.findall(r'<span\s+class="truncate">([^<]*)</span>', told),
        re.findall(r'<rect width="([\d.]+)%"', told),
        re.findall(r'<td class="bars-number">([^<]*)</td>', told),
    )
