"""Country of an address, from the tables that the iptocc package carries: no network, no key."""

from functools import lru_cache

import iptocc


@lru_cache(maxsize=65536)
def country_of(address: str) -> str | None:
    """ISO 3166 alpha-2, or None when it is not known (private and malformed addresses too)."""
    code: str | None = iptocc.country_code(address)
    return code or None
