"""The release before runs on the schema of this one: in an update both run side by side, and
whoever goes back runs it alone.

Which one that is says the last tag before this commit, and where there is none,
`infra/previous-release`. Its code is taken out of git and runs in processes of its own, under the
libraries of this environment; what it is asked to do goes through its command line and its pages.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import text

from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from tests.support.browsing import SITE
from tests.support.factories import PASSWORD, bearer
from tests.support.servers import free_port, memory_folder, on_both_databases
from tests.support.waiting import wait_until

# It serves what is there; its own migrations know nothing of a later schema.
_SERVE = (
    "from pitchbar.serve import run_server; from pitchbar.settings import load_settings; "
    "run_server(load_settings())"
)
# Two commands in one process, which is quicker; says first whose code that was.
_COMMANDS = (
    "import json, sys, pitchbar; from pitchbar.cli import main; print(pitchbar.__file__); "
    "[main.main(one, standalone_mode=False) for one in json.loads(sys.argv[1])]"
)
_TEXT = (
    "A voucher of the Corner Café is worth its price for two years. "
    "It can be used for food and for drinks, and no change is given."
)


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def previous_release() -> str:
    """A commit of this history; skips where there is none."""
    if not git("rev-parse", "--is-inside-work-tree"):
        pytest.skip("without git there is no code of the release before")
    named = (ROOT / "infra" / "previous-release").read_text().split("\n")[-2]
    found = git("describe", "--tags", "--abbrev=0", "HEAD^") or named
    commit = git("rev-parse", "--verify", "--quiet", f"{found}^{{commit}}")
    if not commit:
        sentence = f"the history here does not reach back to {found}: fetch all of it"
        assert os.environ.get("CI") != "true", sentence
        pytest.skip(sentence)
    return commit


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its code in a folder of its own."""
    commit = previous_release()
    folder = tmp_path_factory.mktemp("release")
    archive = subprocess.run(
        ["git", "archive", commit, "--", *_parts_of(commit)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def _parts_of(commit: str) -> list[str]:
    """What its processes need, without its tests and docs' pictures."""
    there = git("ls-tree", "--name-only", commit).splitlines()
    return [name for name in there if name not in ("tests", "bench")]


@dataclass
class Release:
    """The release before, with this database."""

    folder: Path
    environ: dict[str, str]
    port: int

    def run(self, *commands: list[str]) -> str:
        """The last line that its command line prints."""
        done = subprocess.run(
            [sys.executable, "-c", _COMMANDS, json.dumps(commands)],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        said = done.stdout.splitlines()
        assert Path(said[0]).is_relative_to(self.folder), "not the code of the release before"
        return said[-1]

    @contextmanager
    def serving(self, log: Path) -> Iterator[str]:
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVE],
                cwd=self.folder,
                env=self.environ,
                stdout=output,
                stderr=output,
            )
        url = f"http://127.0.0.1:{self.port}"
        try:
            wait_until(lambda: process.poll() is not None or is_ready(url), 120)
            assert process.poll() is None, log.read_text()
            yield url
        finally:
            process.terminate()
            process.wait(30)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/up/ready").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def before(app: Flask, release: Path, tmp_path: Path) -> Release:
    """`app` is ours: its database has the schema of this release."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(release),
        "APP_ENV": "preview",
        "APP_KEY": app.extensions["settings"].app_key,
        "APP_URL": SITE,
        "DATABASE_URL": app.extensions["settings"].database_url,
        "DATA_DIR": str(memory_folder(tmp_path) / tmp_path.name),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }
    return Release(release, environ, port)


@on_both_databases
def test_the_release_before_works_on_this_schema(
    app: Flask, before: Release, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    person = ["--email", "ada@pitchbar.example", "--name", "Ada", "--password", PASSWORD]
    token = before.run(
        ["users", "create", *person, "--workspace", "Cafe"],
        ["tokens", "create", "--workspace", "cafe", "--scope", "read-write"],
    )
    with before.serving(log) as url:
        with httpx.Client(base_url=url, headers=bearer(token), timeout=30) as api:
            code = scan_a_code(api, url)
            agent = answer_a_visitor(api)
            leave_an_address(api, agent)
        open_pages(url, code)
    assert failed_jobs() == []
    assert "Traceback" not in log.read_text(), log.read_text()
    # And this release reads what that one wrote.
    answer = app.test_client().get("/api/v1/workspaces/cafe/codes", headers=bearer(token))
    assert [one["name"] for one in answer.get_json()["data"]] == ["Menu"]


def scan_a_code(api: httpx.Client, url: str) -> Any:
    body = {"name": "Menu", "destination_url": "https://destination.example/"}
    made = api.post("/api/v1/workspaces/cafe/codes", json=body)
    assert made.status_code == 201, made.text
    code = made.json()
    answer = httpx.get(f"{url}/t/{code['short_code']}", timeout=30)
    assert answer.headers["Location"] == "https://destination.example/"
    stats = f"/api/v1/workspaces/cafe/codes/{code['id']}/stats"
    wait_until(lambda: api.get(stats).json()["totals"]["hits"] == 1, 60)
    return code


def answer_a_visitor(api: httpx.Client) -> str:
    """Reads a text by its jobs, and answers from it."""
    base = "/api/v1/workspaces/cafe"
    text_source = {"kind": "text", "name": "Vouchers", "text": _TEXT}
    source = api.post(f"{base}/sources", json=text_source).json()["id"]
    wait_until(lambda: api.get(f"{base}/sources/{source}").json()["status"] == "indexed", 90)
    agent = {"name": "Nora", "allowed_origins": ["*"], "source_ids": [source]}
    made = api.post(f"{base}/agents", json=agent).json()
    assert api.post(f"{base}/agents/{made['id']}/publication").status_code < 300
    visitor = begin(api, made["public_id"])
    question = {"text": "How long is a voucher worth its price?"}
    said = api.post("/api/v1/widget/messages", json=question, headers=visitor)
    done = said.text.partition("event: done\ndata: ")[2].partition("\n")[0]
    assert "two years" in json.loads(done)["text"], said.text
    wait_until(lambda: counts_of_messages(api) == [2], 60)
    return str(made["public_id"])


def counts_of_messages(api: httpx.Client) -> list[int]:
    found = api.get("/api/v1/workspaces/cafe/conversations").json()["data"]
    return [one["messages"] for one in found]


def begin(api: httpx.Client, agent: str) -> dict[str, str]:
    """Headers of a visitor."""
    headers = {"Origin": "https://shop.example"}
    begun = api.post("/api/v1/widget/init", json={"agent": agent}, headers=headers)
    return headers | bearer(begun.json()["token"])


def leave_an_address(api: httpx.Client, agent: str) -> None:
    lead = {"email": "grace@visitor.example", "name": "Grace"}
    made = api.post("/api/v1/widget/leads", json=lead, headers=begin(api, agent))
    assert made.status_code == 201, made.text
    found = api.get("/api/v1/workspaces/cafe/leads").json()["data"]
    assert [one["email"] for one in found] == ["grace@visitor.example"]


def open_pages(url: str, code: Any) -> None:
    """Signed in; each page is a look at other tables."""
    with httpx.Client(base_url=url, timeout=30) as browser:
        page = browser.get("/login").text
        token = page.partition('name="csrf_token" value="')[2].split('"')[0]
        form = {"csrf_token": token, "email": "ada@pitchbar.example", "password": PASSWORD}
        answer = browser.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        for path in ("", f"codes/{code['id']}", "conversations?list=all", "leads", "settings"):
            shown = browser.get(f"/w/cafe/{path}")
            assert shown.status_code == 200, (path, shown.text[:500])


def failed_jobs() -> list[str]:
    db.session.rollback()
    query = text("SELECT task FROM jobs WHERE state = 'failed' OR error_class IS NOT NULL")
    return list(db.session.scalars(query))
