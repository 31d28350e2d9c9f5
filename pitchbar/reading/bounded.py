"""Reading what strangers made, in a process that may hang, grow or fall, and takes nobody along."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pitchbar.core.assets import ROOT
from pitchbar.reading.results import Unreadable

SECONDS = 60.0
BYTES = 1 << 30
# The one that measures the time ends after the kernel's own limit on it.
_GRACE_SECONDS = 5

_SLOW = (
    "This file takes too long to read. Try it in a simpler form: saved anew as PDF, or in parts."
)
_FELL = "This file could not be read: it is damaged, or far too large once it is unpacked."


@dataclass(frozen=True)
class Limits:
    seconds: float = SECONDS
    memory: int = BYTES


def in_child(work: str, data: bytes | Path, limits: Limits, **facts: Any) -> dict[str, Any]:
    """What `child.WORK[work](data, **facts)` returns. The child inherits no secret: neither the
    environment nor open files. A file on disk goes there without passing through our memory.

    Raises Unreadable, of the child, or `slow` and `bomb` where it was broken off or fell.
    """
    order = {
        "work": work,
        "seconds": int(limits.seconds) + 1,
        "memory": limits.memory,
        "facts": facts,
    }
    try:
        done = _run(
            [sys.executable, "-m", "pitchbar.reading.child", json.dumps(order)], data, limits
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("slow", _SLOW) from None
    if done.returncode in _KILLED_FOR_TIME:
        raise Unreadable("slow", _SLOW)
    return _answer(done.stdout)


def _run(
    command: list[str], data: bytes | Path, limits: Limits
) -> subprocess.CompletedProcess[bytes]:
    with nullcontext() if isinstance(data, bytes) else data.open("rb") as file:
        given: dict[str, Any] = {"input": data} if file is None else {"stdin": file}
        return subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            command,
            **given,
            capture_output=True,
            timeout=limits.seconds + _GRACE_SECONDS,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=ROOT,
            check=False,
        )


def _answer(said: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        # It fell before it could say anything: out of memory, or a fault in a library in C.
        raise Unreadable("bomb", _FELL) from None
    if "unreadable" in answer:
        raise Unreadable(*answer["unreadable"])
    read: dict[str, Any] = answer["read"]
    return read


# SIGXCPU, and what follows where it was not enough.
_KILLED_FOR_TIME = (-24, -9)
