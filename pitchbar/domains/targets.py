"""Where a domain's bare host and unknown codes lead.

What may be a destination is known to the codes, which stand above: they hand their check in.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from pitchbar.domains.errors import InvalidTarget
from pitchbar.errors import DomainError
from pitchbar.settings import Settings

# Gives the address as a Location header takes it; raises a DomainError with the sentence.
Cleaner = Callable[[str, Settings], str]
_cleaners: list[Cleaner] = []


def clean_targets_with(cleaner: Cleaner) -> None:
    _cleaners[:] = [cleaner]


def clean_target(field: str, url: str, host: str, settings: Settings) -> str:
    """Empty stays empty: a plain page.

    Raises:
        InvalidTarget
    """
    if not url.strip():
        return ""
    try:
        cleaned = _cleaners[0](url, settings)
    except DomainError as error:
        raise InvalidTarget(field, error.message) from None
    if (urlsplit(cleaned).hostname or "").rstrip(".") == host:
        raise InvalidTarget(field, f"It cannot lead back to {host}: that would be a loop.")
    return cleaned
