"""What a person reads on a page of figures."""

import re
from dataclasses import dataclass

_FIGURE = re.compile(
    r'id="figure-(\w+)">.*?data-count="(\d+)">[^<]*</p>\s*'
    r'(?:<p class="figure-\w+[^"]*">(.*?)</p>)?',
    re.S,
)
_ROW = re.compile(r'<tr id="scan-[^"]+"(.*?)</tr>', re.S)


@dataclass(frozen=True)
class DashboardPage:
    """`figures` by key, and the words under each; `rows` are the latest scans, as HTML."""

    figures: dict[str, int]
    words: dict[str, str]
    rows: list[str]


def read_dashboard(page: str) -> DashboardPage:
    found = _FIGURE.findall(page)
    return DashboardPage(
        {key: int(value) for key, value, _ in found},
        {key: " ".join(re.sub(r"<[^>]*>", " ", words).split()) for key, _, words in found},
        _ROW.findall(page),
    )


def figures_of(page: str) -> tuple[int, int, int]:
    """All hits, people and unique people."""
    figures = read_dashboard(page).figures
    return figures["hits"], figures["people"], figures["unique_people"]
