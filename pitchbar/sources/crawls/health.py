"""Whether a re-crawl would do damage: empty many pages, or add the same block to many."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

# A page that keeps less of its text than this is as good as empty.
_LEFT_OF_A_PAGE = 1 / 3
# Shorter blocks say nothing: a date, a button.
_BLOCK_CHARACTERS = 40
# What is so like a block that went is that block, changed: a year, a price, a name.
_ALIKE = 0.7
_MOST_EXAMPLES = 50
_MOST_COMPARED = 4000


@dataclass(frozen=True)
class Verdict:
    """Attributes:
    pages: that answer now, and are still wanted.
    emptied: addresses of those that would have nothing left, or hardly anything.
    block: what would be added to many, and `with_block` the addresses of those.
    reason: a sentence; empty where nothing speaks against it.
    """

    pages: int
    emptied: list[str] = field(default_factory=list)
    block: str = ""
    with_block: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def is_harmless(self) -> bool:
        return not self.reason

    def facts(self) -> dict[str, object]:
        """For keeping, as JSON."""
        return {
            "pages": self.pages,
            "emptied": len(self.emptied),
            "emptied_pages": self.emptied[:_MOST_EXAMPLES],
            "block": self.block[:2000],
            "with_block": len(self.with_block),
            "pages_with_block": self.with_block[:_MOST_EXAMPLES],
        }


def judge(
    old: Mapping[str, str],
    new: Mapping[str, str],
    share: float,
    is_wanted: Callable[[str], bool] = lambda _url: True,
) -> Verdict:
    """Args:
    old, new: Markdown by address.
    share: of the pages, 0 to 1; more than that is damage.
    is_wanted: False of addresses that people left out since.
    """
    wanted = {url: text for url, text in old.items() if is_wanted(url)}
    emptied = [url for url, text in wanted.items() if _is_emptied(text, new.get(url, ""))]
    both = [url for url in wanted if url in new]
    block, with_block = _common_block({url: (wanted[url], new[url]) for url in both})
    most = share * len(wanted)
    if len(with_block) <= share * len(both) or len(with_block) < 2:
        block, with_block = "", []
    reason = ""
    if len(emptied) > most:
        reason = f"{_pages(len(emptied), len(wanted))} would have nothing left to answer from"
    elif with_block:
        reason = f"{_pages(len(with_block), len(both))} would get the same new text"
    return Verdict(len(wanted), emptied, block, with_block, reason)


def _pages(count: int, of: int) -> str:
    return "The only page" if of == 1 else f"{count} of {of} pages"


def _is_emptied(old: str, new: str) -> bool:
    return len(new.strip()) < _LEFT_OF_A_PAGE * len(old.strip())


def _common_block(pairs: Mapping[str, tuple[str, str]]) -> tuple[str, list[str]]:
    """The block that was added to most pages, and to which."""
    added = {url: _added(old, new) for url, (old, new) in pairs.items()}
    counts = Counter(block for blocks in added.values() for block in blocks)
    if not counts:
        return "", []
    # Of several that came together the longest says most.
    block = max(counts, key=lambda one: (counts[one], len(one)))
    return block, [url for url, blocks in added.items() if block in blocks]


def _added(old: str, new: str) -> set[str]:
    before, after = _blocks(old), _blocks(new)
    gone = before - after
    return {one for one in after - before if not any(_is_alike(one, other) for other in gone)}


def _blocks(markdown: str) -> set[str]:
    parts = re.split(r"\n\s*\n|\n(?=[-*#|] ?)", markdown)
    texts = (" ".join(part.split()) for part in parts)
    return {text for text in texts if len(text) >= _BLOCK_CHARACTERS}


def _is_alike(one: str, other: str) -> bool:
    one, other = one[:_MOST_COMPARED], other[:_MOST_COMPARED]
    if not 0.5 < len(one) / len(other) < 2:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and (
        matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
    )
