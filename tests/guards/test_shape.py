"""The shape of the code: small modules, telling names, and an edge that loads little."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pitchbar.core.assets import ROOT

MOST_LINES = 250
# A test module may hold one subject with all its cases.
MOST_TEST_LINES = 560
MODULES = sorted((ROOT / "pitchbar").rglob("*.py"))
TEST_MODULES = sorted((ROOT / "tests").rglob("*.py"))
NAMELESS = {"utils", "util", "helpers", "common", "misc", "manager", "managers", "base"}

_EDGE = """
import json, sys
import wsgi
wsgi.edge
print(json.dumps(sorted(sys.modules)))
"""


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 50
    assert len(TEST_MODULES) > 10


def test_no_module_is_too_long() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for paths, most in ((MODULES, MOST_LINES), (TEST_MODULES, MOST_TEST_LINES))
        for path in paths
        if (lines := len(path.read_text().splitlines())) > most
    }
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path.name for path in MODULES if path.stem in NAMELESS] == []


def test_tests_stand_under_the_name_of_what_they_test() -> None:
    features = {path.name for path in (ROOT / "pitchbar").iterdir() if path.is_dir()}
    folders = {path.parent.name for path in TEST_MODULES if path.stem.startswith("test_")}
    assert folders - features <= {"api", "bench", "browser", "guards", "security"}


@pytest.fixture(scope="module")
def modules_of_the_edge(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What an edge process has loaded when it is ready, with nothing of this one in it."""
    folder = tmp_path_factory.mktemp("edge")
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "APP_ENV": "preview",
        "APP_KEY": "a key for tests only, long enough to be one",
        "DATA_DIR": str(folder),
        # Nobody listens there: being ready must not need it.
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", _EDGE], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", ["flask", "flask_sqlalchemy", "wtforms", "babel", "argon2"])
def test_edge_does_not_load(modules_of_the_edge: set[str], name: str) -> None:
    assert "pitchbar.scans.edge" in modules_of_the_edge
    assert name not in modules_of_the_edge
