"""Words that tell which language a text is in, and nothing of what it is about."""

from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("stop_words.txt")


def stop_words(language: str) -> frozenset[str]:
    return _sets().get(language, frozenset())


def languages() -> tuple[str, ...]:
    """Those whose words are known."""
    return tuple(_sets())


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    lines = (line.partition(":") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return {language: frozenset(words.split()) for language, _, words in lines}
