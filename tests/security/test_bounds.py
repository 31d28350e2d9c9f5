"""What anybody may send is bounded: its size, its parts, and how often."""

import ast
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_limiter.util import get_qualified_name

from pitchbar.connections.bodies import body_readers
from pitchbar.core.assets import ROOT
from pitchbar.extensions import limiter
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

USUAL = 1024 * 1024
# The places that take more than the usual, and what bounds them.
MORE = {
    "sources/forms.py": "MAX_UPLOAD_BYTES, and so many files",
    "operations/security_views.py": "less than the usual",
    "studio/logo_views.py": "a logo of 1 MiB, and the form around it",
    "transfers/receiving.py": "CODE_IMPORT_BYTES, and so many rows",
}
LARGE = {
    f"{place}/{path}"
    for place, paths in {
        "/api/v1/workspaces/<slug>": ("sources", "design-images", "codes/imports"),
        "/w/<slug>": ("sources", "codes/logos", "codes/imports"),
    }.items()
    for path in paths
}
# Open to all, changing, and without a limit by address of their own.
UNLIMITED = {
    "mailing_lists.come_back": "asks for a signed link",
    "mailing_lists.leave": "asks for a signed link",
    "verification.prove": "asks for a signed link, and who is signed in",
    "accounts.logout": "ends one's own session",
    "billing_webhook.receive": "whoever cannot sign is refused before anything is read",
}


def changing(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH"}):
            yield method, rule.rule, rule.endpoint


def test_places_that_take_large_bodies_are_known() -> None:
    found = set()
    for path in (ROOT / "pitchbar").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(ast.unparse(one).endswith("max_content_length") for one in targets):
                found.add(str(path.relative_to(ROOT / "pitchbar")))
    assert found == set(MORE)


def test_the_server_waits_for_no_larger_body_than_the_application_takes(app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == USUAL
    assert app.config["MAX_FORM_MEMORY_SIZE"] <= USUAL
    assert app.config["MAX_FORM_PARTS"] <= 1000
    large = {
        rule
        for method, rule, _ in changing(app)
        if body_readers.most_of(method, _example(rule), USUAL) > USUAL
    }
    assert large == LARGE


def _example(rule: str) -> str:
    import re

    return re.sub(r"<(?:int|uuid)[^>]*:[^>]+>", "7", re.sub(r"<[^:>]+>", "x", rule))


@pytest.mark.settings(app_env="production")
def test_too_large_a_body_is_refused_everywhere(
    app: Flask, client: FormClient, people: People
) -> None:
    """Whatever an address makes of it: nothing of more than its bound is read into memory."""
    sign_in(client, people.owner)
    token = client.csrf_token()
    taken = []
    for method, rule, endpoint in changing(app):
        path = _example(rule)
        if endpoint.startswith("source") or rule in LARGE:
            # Files: a bound of its own holds there, which the feature's own tests ask for.
            continue
        body = _Counting(USUAL * 3)
        answer = client.open(
            path,
            method=method,
            headers={"X-CSRFToken": token},
            input_stream=body,
            content_type="application/x-www-form-urlencoded",
        )
        if answer.status_code < 400 and answer.status_code != 303:
            taken.append((method, rule, answer.status_code))
        assert body.read_bytes <= USUAL + 64 * 1024, (method, rule, endpoint, body.read_bytes)
    assert taken == []


class _Counting(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self._size = self._left = size
        self.read_bytes = 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As far as a test client asks how large it is."""
        self._left = 0 if whence == io.SEEK_END else self._size - offset
        return self._size - self._left

    def tell(self) -> int:
        return self._size - self._left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # what io hands over
        count = min(len(view), self._left)
        view[:count] = b"x" * count
        self._left -= count
        self.read_bytes += count
        return count


def test_what_is_open_to_all_is_limited(app: Flask) -> None:
    unlimited = set()
    for _method, _rule, endpoint in changing(app):
        view = app.view_functions[endpoint]
        if getattr(view, "access", "all") == "all" and not _is_limited(app, endpoint):
            unlimited.add(endpoint)
    assert sorted(unlimited - set(UNLIMITED)) == [], "limit it by address, or say why not"
    assert sorted(set(UNLIMITED) - unlimited) == []


def _is_limited(app: Flask, endpoint: str) -> bool:
    view, blueprint = app.view_functions[endpoint], endpoint.rpartition(".")[0]
    manager = limiter.limit_manager
    name = get_qualified_name(view)
    return bool(manager.decorated_limits(name) or manager.blueprint_limits(app, blueprint))
