from typing import Any

from tests.support.changes import Change

_WHOM: dict[str, Any] = {"whom": "a" * 32}

CHANGES = {
    "POST /w/<slug>/privacy/look-ups": Change(_WHOM),
    "POST /w/<slug>/privacy/exports": Change(_WHOM),
    "POST /w/<slug>/privacy/erasures": Change(_WHOM | {"understood": "y"}),
}
