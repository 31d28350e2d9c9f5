"""Other accounts of the machine read neither scans nor messages nor the database."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from pitchbar import create_app
from pitchbar.core.assets import ROOT
from tests.conftest import MakeSettings


def open_to_others(folder: Path) -> list[str]:
    paths = (folder, *folder.rglob("*"))
    return sorted(
        f"{stat.S_IMODE(path.stat().st_mode):o} {path.relative_to(folder.parent)}"
        for path in paths
        if path.stat().st_mode & 0o077
    )


_START = """
import os
from click.testing import CliRunner
from pitchbar.cli import main
CliRunner().invoke(main, ["db", "upgrade"])
import wsgi
answered = []
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/t/nothing", "REMOTE_ADDR": "127.0.0.1"}
wsgi.app(environ, lambda status, headers: answered.append(status))
assert answered == ["404 Not Found"]
# Whatever is made later, by us or by a library.
open(os.path.join(os.environ["DATA_DIR"], "later"), "w").close()
"""


def test_what_a_first_start_makes_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-c", _START]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (folder / "pitchbar.db").exists()
    assert (folder / "spool").is_dir()
    assert open_to_others(folder) == []


def test_what_an_older_version_left_open_is_closed_at_the_start(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    data, spool = tmp_path / "data", tmp_path / "elsewhere" / "spool"
    old = [
        data / "queue.db",
        data / "queue.db-wal",
        data / "mail" / "1.json",
        spool / "a" / "1.seg",
    ]
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("for us alone")
    settings = make_settings().replaced(data_dir=data, spool_dir=spool)
    create_app(settings)
    assert open_to_others(data) == open_to_others(spool) == []
    assert stat.S_IMODE((tmp_path / "pitchbar.db").stat().st_mode) == 0o600


def test_what_is_not_ours_stays_as_it_is(make_settings: MakeSettings, tmp_path: Path) -> None:
    shared, other = tmp_path / "shared", tmp_path / "shared" / "notes.txt"
    shared.mkdir()
    shared.chmod(0o1777)
    other.write_text("somebody else's")
    create_app(make_settings().replaced(data_dir=shared, spool_dir=shared / "spool"))
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE(other.stat().st_mode) == 0o644
