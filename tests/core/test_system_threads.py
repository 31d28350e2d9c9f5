"""Work for threads of the system: beside each other where the process is gevent's."""

import subprocess
import sys

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.core.system_threads import each

_UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
from pitchbar.core.system_threads import each, run_blocking
both = []
sleep = monkey.get_original("time", "sleep")
def meet(name):
    # Ends early only once the other one is there, too.
    both.append(name)
    for _ in range(2000):
        if len(both) == 2:
            return name.upper()
        sleep(0.005)
    return "alone"
print(each(lambda name: run_blocking(meet, name), ["a", "b"]))
"""


def test_what_is_made_of_each_comes_in_order() -> None:
    assert each(str.upper, ["a", "b", "c"]) == ["A", "B", "C"]
    assert each(str.upper, []) == []


def test_an_error_is_the_callers() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        each(int, ["1", "x"])


def test_under_gevent_they_run_beside_each_other() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNDER_GEVENT], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "['A', 'B']", done.stderr
