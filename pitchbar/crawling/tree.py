"""The pages of a site as a tree of their paths, for people who tick what they want."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pitchbar.crawling.addresses import segments_of


@dataclass
class Branch:
    """Attributes:
    name: the part of the path that it stands for; a host at the top.
    url: the page of this very address, if there is one.
    pages: how many are here and below.
    """

    name: str
    path: str
    url: str = ""
    pages: int = 0
    branches: list["Branch"] = field(default_factory=list)


def tree_of(urls: Iterable[str]) -> list[Branch]:
    """One branch for each host, with those that have the most pages first."""
    hosts: dict[str, Branch] = {}
    known: dict[tuple[str, str], Branch] = {}
    for url in dict.fromkeys(urls):
        parts = urlsplit(url)
        top = hosts.setdefault(parts.netloc, Branch(parts.netloc, "/"))
        _place(top, url, known)
    return sorted(hosts.values(), key=lambda branch: -branch.pages)


def _place(top: Branch, url: str, known: dict[tuple[str, str], Branch]) -> None:
    parts = urlsplit(url)
    steps = list(segments_of(parts.path))
    if parts.query:
        steps.append(f"?{parts.query}")
    branch, path = top, ""
    branch.pages += 1
    for step in steps:
        path += step if step.startswith("?") else f"/{step}"
        if (below := known.get((top.name, path))) is None:
            below = known[top.name, path] = Branch(unquote(step), path)
            branch.branches.append(below)
        branch = below
        branch.pages += 1
    if branch.url:
        # /a and /a/ are two pages of one place.
        branch.branches.append(Branch(branch.name, parts.path, url, 1))
    else:
        branch.url = url
