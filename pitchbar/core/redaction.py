"""Blots out what opens something, wherever text leaves for eyes that need not see it: logs, reports
of errors, spans. Nothing of it should be there in the first place; this is the second line.
"""

import re
from typing import Any

BLOT = "[hidden]"

# The names under which secrets travel, in addresses, JSON and texts.
_NAMED = re.compile(
    r"(?i)\b((?:[\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key|authorization|signature)|pb_at|key)"
    r"[\"']?\s*[=:]\s*[\"']?(?:bearer\s+|basic\s+)?)[^\s\"'&;,<>)}\]]{6,}"
)
_SHAPES = re.compile(
    r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"
    # Of ours, of Stripe, of Google, of GitHub, of Slack.
    r"|\b(?:pb|sk|rk|pk|whsec|ghp|gho|xox[abp]|AIza|GOCSPX)[_-]?[\w-]{16,}"
    # Signed texts of ours, and JSON web tokens.
    r"|\b[\w-]{12,}\.[\w-]{6,}(?:\.[\w-]{6,})?(?=$|[\s\"'&,;)\]}])"
    r"|\b[\w-]{4,}\.[\w-]{5,}\.[\w-]{20,}"
    # Encrypted under APP_KEY.
    r"|\bgAAAA[\w=-]{20,}"
)
# A user and a password before a host.
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]*(?=@)")
_LINKS = re.compile(r"(/(?:invitations|unsubscribe|password|proof)/)[\w.~-]{16,}")


def redact(text: str) -> str:
    text = _IN_ADDRESS.sub(BLOT, text)
    text = _LINKS.sub(rf"\1{BLOT}", text)
    text = _NAMED.sub(rf"\1{BLOT}", text)
    return _SHAPES.sub(_blot_secret, text)


def _blot_secret(found: re.Match[str]) -> str:
    """Names of modules and hosts have dots too, and no figures and capitals between them."""
    text = found[0]
    is_dotted = "." in text and not text.lower().startswith(("bearer", "basic"))
    if is_dotted and not (re.search(r"\d", text) and re.search(r"[A-Z]", text)):
        return text
    return BLOT


def redact_all(value: Any) -> Any:
    """The same in all that a value holds."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: redact_all(one) for name, one in value.items()}
    if isinstance(value, list):
        return [redact_all(one) for one in value]
    return value
