"""What `bin/check` looks for is found: secrets among our files, holes in what we depend on."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pitchbar.core.assets import ROOT

AUDIT = [sys.executable, "infra/audit.py"]


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def locked_version(name: str) -> str:
    lines = (ROOT / "infra" / "locks" / "runtime.txt").read_text().splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{name}=="))


@pytest.mark.parametrize(
    ("spelling", "withdrawn", "found"),
    [
        ("Flask", None, True),
        ("flask", None, True),
        ("flask", "2026-01-01T00:00:00Z", False),
    ],
)
def test_a_hole_in_a_locked_version_fails_the_audit(
    tmp_path: Path, spelling: str, withdrawn: str | None, found: bool
) -> None:
    package = {"ecosystem": "PyPI", "name": spelling}
    affected = [{"package": package, "versions": ["0.1", locked_version("flask")]}]
    advisory = {"id": "TEST-1", "affected": affected, "withdrawn": withdrawn}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as copy:
        copy.writestr("TEST-1.json", json.dumps(advisory))
    done = run(*AUDIT, "--data", str(tmp_path / "all.zip"))
    assert done.returncode == (1 if found else 0), done.stderr
    assert ("TEST-1" in done.stdout) == found


def test_without_a_database_the_audit_says_that_it_did_not_look() -> None:
    done = run(*AUDIT, "--url", "http://127.0.0.1:1/")
    assert done.returncode == 0
    assert done.stderr.startswith("SKIPPED: no advisory database can be reached")


# In pieces: this file is searched, too.
KEYS = [
    "AKIA" + "IOSFODNN7EXAMPLA",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "gh" + "p_" + "a1" * 18,
]


@pytest.mark.parametrize("key", KEYS)
def test_a_secret_in_a_file_is_found(tmp_path: Path, key: str) -> None:
    file = tmp_path / "settings.py"
    file.write_text(f'KEY = "{key}"\n')
    program = str(Path(sys.executable).parent / "detect-secrets-hook")
    found = run(program, "--no-verify", "--baseline", ".secrets.baseline", str(file))
    assert found.returncode == 1
    file.write_text('KEY = os.environ["KEY"]\n')
    assert run(program, "--no-verify", "--baseline", ".secrets.baseline", str(file)).returncode == 0
