"""Runs a tick in a process of its own, and waits for what it says.

A thread of a web server cannot end a job that takes too long, nor survive one that takes its
process with it; a process of its own can.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pitchbar.jobs.ticks import TickLimits

# For Python to start, and for the job that must be killed at the very end.
_SPARE_SECONDS = 20


class TickFailed(Exception):
    """The pass ended without a result; its process has written why to standard error."""


def run_tick_process(root: Path, limits: TickLimits) -> dict[str, Any]:
    """What `run_tick` returns, from a child with this process's environment.

    Args:
        root: the folder that holds the package.
    """
    seconds = limits.max_time + limits.job_timeout + _SPARE_SECONDS
    try:
        ended = subprocess.run(  # noqa: S603  # our own command, checked options
            _command(limits),
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=seconds,
            check=False,
            # Ctrl-C in the server's terminal must not end a job half-way.
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise TickFailed(f"the pass did not end within {seconds} s and was killed") from None
    if ended.returncode != 0:
        raise TickFailed(f"the pass ended with exit code {ended.returncode}")
    answer: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answer


def _command(limits: TickLimits) -> list[str]:
    options = {
        "--max-time": str(limits.max_time),
        "--job-timeout": str(limits.job_timeout),
        "--queues": ",".join(limits.queues),
        "--started-by": "request",
    }
    command = [sys.executable, "-m", "pitchbar.cli", "queue-tick"]
    return command + [part for option in options.items() for part in option]
