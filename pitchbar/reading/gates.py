"""Pages that say nothing an answer could be made of, and how each is told.

A page is judged by what it says in few words: an article about log-ins or about robots is long,
and no gate closes on it.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from pitchbar.reading import gate_phrases as phrases
from pitchbar.reading.tree import headline_of, words_of


class Gate(NamedTuple):
    label: str
    sentence: str


GATES = {
    "bot_check": Gate(
        "Bot check",
        "The site asked whether we are human instead of showing this page. Its operator can let "
        "our agent through, or you can add the page's text or a file.",
    ),
    "login_wall": Gate(
        "Log-in wall",
        "This page is shown only to people who have logged in. Add its text or a file instead.",
    ),
    "cookie_wall": Gate(
        "Cookie wall",
        "This page shows nothing until cookies are accepted, which we do not do. Add its text "
        "instead.",
    ),
    "paywall": Gate("Paywall", "This page is for subscribers: only its beginning can be read."),
    "soft_404": Gate(
        "Not found", "This address answers as if it were there, but says that nothing was found."
    ),
    "error_page": Gate(
        "Error page", "The site showed an error or its page for maintenance. We will see it later."
    ),
    "parked": Gate("Parked domain", "Nothing is here but an offer to buy the domain."),
    "javascript_only": Gate(
        "JavaScript only",
        "This page is empty until a browser runs its scripts. With a rendering service it could "
        "be read; or add its text.",
    ),
    "too_little": Gate(
        "Too little text", "There are fewer than 200 characters of text here to answer from."
    ),
    "unreadable": Gate(
        "Unreadable", "The markup of this page is so large or tangled that we gave up on it."
    ),
}

LEAST_CHARACTERS = 200
# Above these no page is what its words sound like.
_LITTLE, _FEW, _SEVERAL, _MANY = 400, 600, 1500, 5000


@dataclass(frozen=True)
class Facts:
    status: int
    title: str
    headline: str
    # Everything a person sees, in one line; cut.
    text: str
    noscript: str
    # Addresses and names of scripts and frames, in lower case.
    scripts: str
    asks_password: bool
    has_scripts: bool
    # An element that a script fills, and that is empty.
    has_empty_root: bool


def facts_of(tree: Any, status: int) -> Facts:
    titles = tree.xpath("//title")
    scripts = tree.xpath("//script")
    marks = tree.xpath("//script/@src | //iframe/@src | //form/@action | //div/@id | //div/@class")
    inline = " ".join((script.text or "")[:2000] for script in scripts[:20])
    return Facts(
        status=status,
        title=words_of(titles[0])[:300] if titles else "",
        headline=headline_of(tree),
        text=_visible(tree)[: _MANY * 2],
        noscript=" ".join(words_of(one) for one in tree.xpath("//noscript"))[:2000],
        scripts=f"{' '.join(marks)[:20_000]} {inline}".lower(),
        asks_password=bool(tree.xpath("//input[@type='password']")),
        has_scripts=bool(scripts),
        has_empty_root=any(
            not words_of(one)
            for one in tree.xpath("//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt']")
        ),
    )


def gate_of(facts: Facts, markdown: str) -> str:
    """A word of `GATES`; empty for a page worth reading."""
    kept = plain(markdown)
    for word, is_closed in _CHECKS:
        if is_closed(facts, kept):
            return word
    return "too_little" if len(kept) < LEAST_CHARACTERS else ""


def plain(markdown: str) -> str:
    """What of it is read: without marks, and white space once."""
    return " ".join(re.sub(r"[#*_`|>~]|-{3,}", " ", markdown).split())


def _is_bot_check(facts: Facts, kept: str) -> bool:
    if len(kept) < _SEVERAL and _is_titled(facts, phrases.BOT_TITLES):
        return True
    # Such scripts watch over good pages too.
    if len(kept) < LEAST_CHARACTERS and any(mark in facts.scripts for mark in phrases.BOT_MARKS):
        return True
    return len(kept) < _SEVERAL and _says(facts, kept, phrases.BOT_SENTENCES)


def _is_login(facts: Facts, kept: str) -> bool:
    if len(kept) < _FEW and _says(facts, kept, phrases.LOGIN_SENTENCES):
        return True
    if len(kept) < _SEVERAL and _is_titled(facts, phrases.LOGIN_TITLES):
        return facts.asks_password or len(kept) < LEAST_CHARACTERS
    return facts.asks_password and len(kept) < LEAST_CHARACTERS


def _is_cookie_wall(facts: Facts, kept: str) -> bool:
    if len(kept) > _FEW:
        return False
    return _is_titled(facts, phrases.COOKIE_TITLES) or _says(facts, kept, phrases.COOKIE_SENTENCES)


def _is_paywall(facts: Facts, kept: str) -> bool:
    return len(kept) < _SEVERAL and _says(facts, kept, phrases.PAYWALL_SENTENCES)


def _is_soft_404(facts: Facts, kept: str) -> bool:
    if facts.status in (404, 410):
        return True
    if len(kept) < _MANY and _is_titled(facts, phrases.MISSING_TITLES):
        return True
    return len(kept) < _LITTLE and _says(facts, kept, phrases.MISSING_SENTENCES)


def _is_error(facts: Facts, kept: str) -> bool:
    if len(kept) < _SEVERAL and _is_titled(facts, phrases.ERROR_TITLES):
        return True
    return len(kept) < _FEW and _says(facts, kept, phrases.ERROR_SENTENCES)


def _is_parked(facts: Facts, kept: str) -> bool:
    return len(kept) < _SEVERAL and _says(facts, kept, phrases.PARKED_SENTENCES)


def _needs_javascript(facts: Facts, kept: str) -> bool:
    if not facts.has_scripts or len(kept) >= _FEW:
        return False
    if len(kept) >= LEAST_CHARACTERS:
        # What asks for scripts may itself be all that was kept.
        return facts.has_empty_root and _asks_for_scripts(facts)
    return facts.has_empty_root or _asks_for_scripts(facts)


def _asks_for_scripts(facts: Facts) -> bool:
    return bool(phrases.SCRIPT_SENTENCES.search(f"{facts.noscript} {facts.text[:_SEVERAL]}"))


def _is_titled(facts: Facts, titles: re.Pattern[str]) -> bool:
    """Whether the title, a part of it, or the headline says just that."""
    parts = [facts.title, facts.headline, *re.split(r"\s+[|·–—:-]\s+|:\s|\s*\|\s*", facts.title)]  # noqa: RUF001
    return any(titles.fullmatch(part.strip(" .!…")) for part in parts if part)


def _says(facts: Facts, kept: str, sentences: re.Pattern[str]) -> bool:
    """Whether the main text does; where there is none, whether anything on the page does."""
    text = kept if len(kept) >= LEAST_CHARACTERS else facts.text
    return bool(sentences.search(text[:_MANY]))


def _visible(tree: Any) -> str:
    hidden = ["script", "style", "noscript", "title", "template"]
    above = " or ".join(f"ancestor::{tag}" for tag in hidden)
    return " ".join(" ".join(tree.xpath(f"//text()[not({above})]")).split())


_CHECKS = (
    ("bot_check", _is_bot_check),
    ("soft_404", _is_soft_404),
    ("cookie_wall", _is_cookie_wall),
    ("login_wall", _is_login),
    ("paywall", _is_paywall),
    ("error_page", _is_error),
    ("parked", _is_parked),
    ("javascript_only", _needs_javascript),
)
