"""The pages at a code that does not redirect: small, and complete by themselves."""

import hashlib
import re
from base64 import b64encode
from typing import Any

import pytest

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.page_states import STATES
from pitchbar.workspaces.models import Workspace
from tests.scans.edging import EdgeResponse, call_edge

NAME = "Zur Alten Mühle & Söhne <Gaststätte>" + " mit Garten" * 6
PAGES = tuple(STATES)


def page(kind: str, name: str | None = None) -> EdgeResponse:
    started: list[Any] = []
    body = EdgePages().respond(
        kind, {"REQUEST_METHOD": "GET"}, lambda *answer: started.append(answer), name=name
    )
    ((status, headers),) = started
    return EdgeResponse(int(status.split()[0]), headers, b"".join(body))


@pytest.mark.parametrize("kind", PAGES)
def test_page_is_small_and_needs_nothing_else(kind: str) -> None:
    answer = page(kind, NAME)

    assert len(answer.body) < 5000
    html = answer.body.decode().replace("http://www.w3.org/2000/svg", "")
    assert "http" not in html
    assert not re.search(r"<(?:script|img|link rel=.stylesheet)|url\(|@import|\sstyle=|//", html)
    assert re.findall(r' (?:src|href)="([^"]*)', html)[0].startswith("data:image/svg+xml,")
    assert '<svg viewBox="0 0 24 24" width="64" height="64"' in html


@pytest.mark.parametrize("kind", PAGES)
def test_policy_allows_the_style_that_stands_in_the_page_and_nothing_else(kind: str) -> None:
    answer = page(kind)

    (style,) = re.findall(r"<style>(.*?)</style>", answer.body.decode(), re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    # Where its form leads on to is nobody's to say beforehand; Chromium asks for it.
    goes_on = "'self' https: http:" if "<form" in answer.body.decode() else "'none'"
    assert f"form-action {goes_on};" in policy
    assert "http" not in policy.replace("https: http:", "")
    assert "prefers-color-scheme:dark" in style


def test_archived_code_names_its_workspace(edge: Edge, code: Code, workspace: Workspace) -> None:
    workspace.name = NAME
    archive_code(code, SYSTEM)
    db.session.commit()

    answer = call_edge(edge, "/t/menu")

    assert answer.status == 410
    assert "Zur Alten Mühle &amp; Söhne &lt;Gaststätte&gt;" in answer.body.decode()


@pytest.mark.parametrize("kind", PAGES)
def test_page_that_may_pass_offers_to_try_again(kind: str) -> None:
    is_passing = kind in ("tries", "busy", "unavailable")

    assert (b'<a href="">Try again</a>' in page(kind).body) is is_passing
