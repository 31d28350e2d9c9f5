"""Whether what was scanned is stored: else silence would be an alarm about ourselves."""

import logging
import time

from pitchbar.core.redis_client import connect_redis
from pitchbar.scans.spool_figures import list_spools
from pitchbar.settings import current_settings

log = logging.getLogger(__name__)
_LATE_SECONDS = 60.0


def is_all_stored() -> bool:
    """Whether no scan waits for longer than a minute, as far as can be told: with a Redis that does
    not answer, nobody knows.
    """
    url = current_settings().redis_url
    try:
        spools = list_spools(connect_redis(url, 1.0) if url else None)
    except Exception as error:  # whatever the client raises
        log.warning("it cannot be told whether scans wait: %s", error)
        return False
    now = time.time()
    return all(one.waits_since is None or now - one.waits_since < _LATE_SECONDS for one in spools)
