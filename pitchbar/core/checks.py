"""What `pitchbar release-check` looks at. A feature names its checks in its `feature.py`; each
looks at one thing that an installation needs before it is let on people, and says what it found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failed", "skipped"]
Group = Literal["Installation", "Data", "Queues", "Outside services", "Tracking"]
# In the order in which they are looked at and shown.
GROUPS: tuple[Group, ...] = ("Installation", "Data", "Queues", "Outside services", "Tracking")


@dataclass(frozen=True)
class Finding:
    """What a check found, in a sentence, and what to do about it where something is to be done."""

    state: State
    sentence: str
    remedy: str = ""


@dataclass(frozen=True)
class Circumstances:
    """How the checks are made.

    Attributes:
        url: where the installation is asked over HTTP, without a slash at the end.
        wait_seconds: how long is waited for what comes late, such as the row of a scan.
    """

    url: str
    wait_seconds: float = 20.0


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        name: as operators and programs know it, such as "smoke-test".
        look: runs within the application, changes nothing that stays, and bounds its own waits.
            What it raises is a failed check, not the end of the others.
        position: its place within the group, smallest first.
    """

    name: str
    title: str
    group: Group
    look: Callable[[Circumstances], Finding]
    position: int = 50


def ok(sentence: str) -> Finding:
    return Finding("ok", sentence)


def warning(sentence: str, remedy: str) -> Finding:
    """It works, and may not for long."""
    return Finding("warning", sentence, remedy)


def failed(sentence: str, remedy: str) -> Finding:
    return Finding("failed", sentence, remedy)


def skipped(sentence: str) -> Finding:
    """There is nothing to look at: it is not set up, and says why that may be as it should."""
    return Finding("skipped", sentence)
