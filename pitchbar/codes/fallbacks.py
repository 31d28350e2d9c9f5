"""Where scans go that a code does not lead on: an address of the same kind as a destination."""

from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.errors import InvalidDestination, InvalidFallback
from pitchbar.settings import Settings


def clean_fallback(url: str, settings: Settings) -> str:
    """Empty stays empty.

    Raises:
        InvalidFallback
    """
    if not url.strip():
        return ""
    try:
        return clean_destination(url, settings)
    except InvalidDestination as error:
        raise InvalidFallback(error.message) from None
