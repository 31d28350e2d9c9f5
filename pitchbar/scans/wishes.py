"""What a browser asks of whoever it calls: not to be tracked (DNT), or not to have its data sold or
shared (Global Privacy Control). Respected where PRIVACY_RESPECT_DNT says so.
"""

from collections.abc import Callable


def asks_not_to_be_tracked(get: Callable[[str, str], str]) -> bool:
    """`get` reads a WSGI environment."""
    return get("HTTP_SEC_GPC", "") == "1" or get("HTTP_DNT", "") == "1"
