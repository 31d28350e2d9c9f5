"""Starts the checks of the operators' page in a process of their own.

Not as a job: whether workers run is one of the things that are looked at. And not in the request: a
check may wait for half a minute.
"""

import subprocess
import sys
from pathlib import Path
from threading import Thread


def start_check_process(root: Path, run_id: int) -> None:
    """It has this process's environment, and tells the run's row what it finds.

    Args:
        root: the folder that holds the package.
    """
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "pitchbar.cli", "release-check", "--json", "--run", str(run_id)],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # Ctrl-C in the server's terminal ends the server alone.
        start_new_session=True,
    )
    # So that nothing is left of it in the system's table when it has ended.
    Thread(target=process.wait, name="release-check", daemon=True).start()
