"""`SPOOL_DIR` at the start of a process: it can be written to, or there is no start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.core.bus import Bus
from pitchbar.core.environment import SettingsError
from pitchbar.scans.pipeline import build_edge
from pitchbar.scans.spool_folder import prepare_spool_folder
from pitchbar.settings import Settings
from tests.conftest import MakeSettings


def test_folder_is_made_for_us_alone_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    prepare_spool_folder(folder)
    prepare_spool_folder(folder)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []


@pytest.fixture(params=["a file in the way", "a folder that does not sync"])
def bad_folder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    if request.param == "a file in the way":
        (tmp_path / "file").touch()
        return tmp_path / "file" / "spool"

    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    return tmp_path / "spool"


def test_edge_does_not_start_without_a_folder_for_its_scans(
    bad_folder: Path, make_settings: MakeSettings
) -> None:
    with pytest.raises(SettingsError, match="SPOOL_DIR cannot be used"):
        build_edge(make_settings(spool_dir=bad_folder), Bus())


def test_command_says_so_in_a_sentence(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "file").touch()
    environ = {
        **os.environ,
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(tmp_path),
        "SPOOL_DIR": str(tmp_path / "file"),
    }
    done = subprocess.run(
        [str(Path(sys.executable).parent / "pitchbar"), "serve", "--no-demo"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: SPOOL_DIR cannot be used: {tmp_path / 'file'}: ")
