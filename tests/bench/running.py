import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pitchbar.core.assets import ROOT


def run(bench: str, *arguments: str, codes: Sequence[int] = (0,), seconds: float = 300) -> str:
    """What a bench prints; it has to end with one of these codes, and within this time."""
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        wanted = {"bench": bench, "arguments": arguments, "out": str(out), "err": str(err)}
        code = _answer_of(json.dumps(wanted), seconds)
        said = err.read_text()
        assert code in codes, f"ended with {code}: {said}"
        assert "Traceback" not in said, said
        return out.read_text()


def _answer_of(line: str, seconds: float) -> int | None:
    """None where it took too long."""
    process = _warm()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()
    if not select.select([process.stdout], [], [], seconds)[0]:
        _end()
        return None
    said = process.stdout.readline()
    if not said:
        _end()
    return int(said) if said else None


@cache
def _warm() -> "subprocess.Popen[bytes]":
    """Started by the first bench; ends with the tests."""
    atexit.register(_end)
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("warm.py"))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _end() -> None:
    """With the bench that it runs, if there is one."""
    atexit.unregister(_end)
    process = _warm()
    _warm.cache_clear()
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
