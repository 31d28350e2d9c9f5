"""Secrets that somebody would guess: short ones, monotonous ones, those of every tutorial."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from pitchbar.core.environment import SettingsError

if TYPE_CHECKING:
    from pitchbar.core.setting_types import SettingsGroup

_KNOWN_WORDS = re.compile(
    "change-?me|replace-?me|secret|passwor[dt]|passphrase|insecure|placeholder|letmein|qwert|"
    "your-?key|my-?key|example|default",
    re.IGNORECASE,
)
_FEWEST_SIGNS = 8


def find_weakness(secret: str, least_length: int) -> str:
    """What is wrong with it, as the end of a sentence; empty for one that will do."""
    if len(secret) < least_length:
        return f"has {len(secret)} characters, and at least {least_length} are needed"
    known = _KNOWN_WORDS.search(re.sub(r"[\s_-]+", "-", secret))
    if known:
        return f"contains “{known[0]}”, which is among the first things that are tried"
    if len(set(secret)) < _FEWEST_SIGNS or _repeats(secret) or _counts(secret):
        return "repeats or counts where it should be random"
    return ""


def refuse_weak_secrets(group: "SettingsGroup", app_env: str) -> None:
    """Raises SettingsError for the first that somebody could guess."""
    for name, least in type(group).least_secret_lengths.items():
        secret = getattr(group, name)
        weakness = find_weakness(secret, least) if secret else ""
        if weakness:
            raise SettingsError(
                f"{name.upper()} is too weak for APP_ENV={app_env}: it {weakness}. "
                'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )


def _repeats(text: str) -> bool:
    """Whether it is one piece over and over, the last of them perhaps cut."""
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1)
    )


def _counts(text: str) -> bool:
    """Whether most of its signs follow each other as in abcd or 4321."""
    steps = [ord(right) - ord(left) for left, right in pairwise(text)]
    return max(steps.count(1), steps.count(-1)) * 2 > len(steps)
