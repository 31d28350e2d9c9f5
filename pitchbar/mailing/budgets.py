"""How much mail may be caused: counted where the limits of requests are."""

import logging

from limits import parse

from pitchbar.extensions import limiter

log = logging.getLogger(__name__)


def spend(rate: str, *key: str) -> bool:
    """Whether one more is within the rate of what `key` names; if so, it is counted."""
    if not limiter.enabled:
        return True
    try:
        return bool(limiter.limiter.hit(parse(rate), *key))
    except Exception as error:  # whatever the storage's client raises
        log.warning("a budget cannot be counted: %s", error)
        return True
