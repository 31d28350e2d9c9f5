import subprocess
import sys

from pitchbar.core.assets import ROOT


def run(bench: str, *arguments: str) -> str:
    """What a bench prints; it has to end well."""
    done = subprocess.run(
        [sys.executable, f"bench/{bench}.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
