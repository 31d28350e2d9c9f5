"""`pitchbar tokens create`, as an operator runs it."""

import os
import subprocess
import sys

import pytest

from pitchbar.settings import Settings
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer
from tests.support.warm_process import run_warm


def run(
    settings: Settings, *arguments: str, is_cold: bool = False
) -> "subprocess.CompletedProcess[str]":
    """`is_cold`: as its program starts, and not as a copy of one that has."""
    environment = {
        "PATH": os.environ["PATH"],
        "APP_ENV": settings.app_env,
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
    }
    words = ("tokens", "create", *arguments)
    if not is_cold:
        return run_warm("from pitchbar.cli import main; main()", *words, env=environment)
    command = [sys.executable, "-m", "pitchbar.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("read-write", 201)])
def test_token_is_printed_alone_and_works(
    client: FormClient, people: People, settings: Settings, scope: str, status: int
) -> None:
    slug = people.workspace.slug
    done = run(settings, "--workspace", slug, "--scope", scope, is_cold=scope == "read")
    assert (done.returncode, done.stderr) == (0, "")
    secret = done.stdout.removesuffix("\n")
    assert secret.startswith("pb_live_")
    assert secret.split() == [secret]
    at = f"/api/v1/workspaces/{slug}"
    assert client.get(at, headers=bearer(secret)).status_code == 200
    body = {"name": "Menu", "destination_url": "https://shop.example/"}
    assert client.post(f"{at}/codes", json=body, headers=bearer(secret)).status_code == status


@pytest.mark.usefixtures("people")
def test_unknown_workspace_is_named(settings: Settings) -> None:
    done = run(settings, "--workspace", "none", "--scope", "read")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no workspace with the slug none." in done.stderr
