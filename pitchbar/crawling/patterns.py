"""Which addresses belong to a source: patterns that a person writes, and why one decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

MAX_LENGTH = 200
MAX_PATTERNS = 100


@dataclass(frozen=True)
class Explanation:
    """`pattern` is the one that decided; "" when none did."""

    is_included: bool
    pattern: str
    sentence: str


class Patterns:
    """`*` stands for anything. `/blog` means that page and all below it, `/blog/*` all below it,
    `*.pdf` every address that ends so; with a host in front, only that host's. What is left out
    stays out, whatever is taken in; where nothing is to be taken in, everything is.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = [_Pattern(one) for one in include if one.strip()]
        self._exclude = [_Pattern(one) for one in exclude if one.strip()]

    def explain(self, url: str) -> Explanation:
        for pattern in self._exclude:
            if pattern.matches(url):
                return Explanation(False, pattern.text, f"Left out, because of {pattern.text}.")
        for pattern in self._include:
            if pattern.matches(url):
                return Explanation(True, pattern.text, f"Taken in, because of {pattern.text}.")
        if self._include:
            return Explanation(False, "", "Left out: no pattern takes it in.")
        return Explanation(True, "", "Taken in: no pattern leaves it out.")

    def allows(self, url: str) -> bool:
        return self.explain(url).is_included


def refuse_pattern(text: str) -> str:
    """What to say of a pattern that cannot be meant; "" when it is fine."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        return f"A pattern has at most {MAX_LENGTH} characters."
    if re.search(r"\s", text):
        return "A pattern has no spaces: write each on a line of its own."
    if re.match(r"[a-z][a-z0-9+.-]*://", text, re.I) and not re.match(r"https?://.", text, re.I):
        return "A pattern starts with /, with *, with a host, or with https://."
    return ""


class _Pattern:
    def __init__(self, text: str) -> None:
        self.text = text.strip()
        host, self._path = _split(self.text)
        self._host = host.lower()

    def matches(self, url: str) -> bool:
        parts = urlsplit(url)
        if self._host and not _matches_glob(self._host, (parts.hostname or "").lower()):
            return False
        path = unquote(parts.path or "/")
        with_query = f"{path}?{unquote(parts.query)}" if parts.query else path
        return any(self._matches(one) for one in dict.fromkeys((path, with_query)))

    def _matches(self, path: str) -> bool:
        if "*" in self._path:
            return _matches_glob(self._path, path)
        branch = self._path.rstrip("/")
        return path.rstrip("/") == branch or path.startswith((f"{branch}/", f"{branch}?"))


def _split(text: str) -> tuple[str, str]:
    """The host and the path that a pattern speaks of; each may hold stars."""
    text = re.sub(r"^https?://", "//", text, flags=re.IGNORECASE)
    if text.startswith("//"):
        host, slash, path = text[2:].partition("/")
        return host.partition(":")[0], unquote(slash + path) or "/"
    first, slash, rest = text.partition("/")
    if first and slash and "." in first.strip("*.") and not first.startswith("*."):
        return first.partition(":")[0], unquote(slash + rest)
    if text.startswith(("/", "*")):
        return "", unquote(text)
    return "", "/" + unquote(text)


def _matches_glob(glob: str, text: str) -> bool:
    """By looking for one part after the other: no pattern can make it slow."""
    first, *middle = glob.split("*")
    if not middle:
        return text == first
    if not text.startswith(first):
        return False
    *inner, last = middle
    at = len(first)
    for part in inner:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)
