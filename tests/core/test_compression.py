"""Answers leave compressed, each encoding with a tag of its own, and secrets tell nothing by it."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from werkzeug.test import TestResponse

from pitchbar.core import compression
from pitchbar.core.assets import STATIC, asset_path
from pitchbar.core.compression import warm_assets
from pitchbar.core.masked_tokens import mask, unmask
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
CSS = "css/components.css"


def fetch(client: FormClient, url: str, accept: str = "br, gzip", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(url, headers={"Accept-Encoding": accept, **named})


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("path", [CSS, "vendor/htmx@4.0.1/htmx.min.js", "js/live.js"])
def test_asset_is_sent_compressed(client: FormClient, path: str, encoding: str) -> None:
    answer = fetch(client, asset_path(path), encoding)
    plain = (STATIC / path).read_bytes()
    assert answer.headers["Content-Encoding"] == encoding
    assert UNPACK[encoding](answer.data) == plain
    assert len(answer.data) < len(plain) / 2
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "Accept-Encoding" in answer.vary
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("accept", ["", "identity", "br;q=0, gzip;q=0", "zstd"])
def test_asset_is_plain_for_who_takes_nothing_else(client: FormClient, accept: str) -> None:
    answer = fetch(client, asset_path(CSS), accept)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / CSS).read_bytes()
    assert "Accept-Encoding" in answer.vary


def test_fonts_and_small_assets_are_sent_as_they_are(client: FormClient) -> None:
    for path in ("vendor/inter@5.3.0/inter-latin-wght-400-700.woff2", "img/mark.svg"):
        assert "Content-Encoding" not in fetch(client, asset_path(path)).headers


def test_each_encoding_of_an_asset_has_its_tag(client: FormClient) -> None:
    tags = {one: fetch(client, asset_path(CSS), one).headers["ETag"] for one in ("", "br", "gzip")}
    assert len(set(tags.values())) == 3
    again = fetch(client, asset_path(CSS), "br", If_None_Match=tags["br"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tags["br"]
    assert "Accept-Encoding" in again.vary
    assert fetch(client, asset_path(CSS), "br", If_None_Match=tags["gzip"]).status_code == 200


def test_part_of_an_asset_continues_what_was_begun(client: FormClient) -> None:
    whole = fetch(client, asset_path(CSS), "br")
    tag = whole.headers["ETag"]
    rest = fetch(client, asset_path(CSS), "br", Range="bytes=100-", If_Range=tag)
    assert rest.status_code == 206
    assert whole.data[:100] + rest.data == whole.data
    other = fetch(client, asset_path(CSS), "gzip", Range="bytes=100-", If_Range=tag)
    assert other.status_code == 200


def test_head_of_an_asset_and_of_a_page_tells_the_same_without_a_body(client: FormClient) -> None:
    for url in (asset_path(CSS), "/login"):
        answer = client.head(url, headers={"Accept-Encoding": "br"})
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Content-Encoding"] == "br"


def test_asset_of_another_release_is_kept_for_now_only(client: FormClient) -> None:
    answer = client.get(f"/static/{CSS}?v=0123456789")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../pyproject.toml", "css", "css/none.css", "%2e%2e/wsgi.py"])
def test_nothing_but_assets_is_sent(client: FormClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_assets_are_compressed_before_anybody_asks(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compression._read.cache_clear()
    warm_assets()
    monkeypatch.setattr("brotli.compress", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert fetch(client, f"/static/{CSS}", "br").status_code == 200


def test_page_is_sent_compressed(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    url = f"/w/{people.workspace.slug}/members"
    plain = fetch(client, url, "")
    for encoding, unpack in UNPACK.items():
        packed = fetch(client, url, encoding)
        assert packed.headers["Content-Encoding"] == encoding
        assert len(packed.data) < len(plain.data) / 2
        assert b"</html>" in unpack(packed.data)
        assert {"Accept-Encoding", "HX-Request"} <= set(packed.vary)


def test_small_answers_stay_as_they_are(client: FormClient) -> None:
    assert "Content-Encoding" not in fetch(client, "/up").headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_page_that_another_site_led_to_is_not_compressed(
    client: FormClient, people: People, site: str
) -> None:
    sign_in(client, people.owner)
    url = f"/w/{people.workspace.slug}/codes?q=guess"
    assert "Content-Encoding" not in fetch(client, url, Sec_Fetch_Site=site).headers
    assert "Content-Encoding" in fetch(client, url, Sec_Fetch_Site="same-origin").headers


def test_stranger_gets_a_compressed_page_wherever_they_come_from(client: FormClient) -> None:
    assert "Content-Encoding" in fetch(client, "/api/docs", Sec_Fetch_Site="cross-site").headers


def test_token_in_a_form_is_another_in_each_answer_and_counts(client: FormClient) -> None:
    found = [
        re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
        for _ in range(2)
    ]
    first, second = found[0][0], found[1][0]
    assert first[:20] != second[:20]
    assert unmask(first).split(".")[0] == unmask(second).split(".")[0]
    for token, status in ((first, 422), (second, 422), (mask("made up"), 419), ("m.?", 419)):
        form = {"csrf_token": token, "email": "nobody@pitchbar.example", "password": "x"}
        assert client.post("/login", data=form).status_code == status


def test_tag_of_a_compressed_answer_names_the_state_for_a_change(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace, notes="Stands at the door. " * 40)
    headers = bearer(make_token(people.workspace))
    url = f"/api/v1/workspaces/{people.workspace.slug}/codes/{code.id}"
    tag = client.get(url, headers=headers | {"Accept-Encoding": "br"}).headers["ETag"]
    assert tag.endswith(':br"')
    for status in (200, 412):
        answer = client.patch(url, json={"name": "Another"}, headers=headers | {"If-Match": tag})
        assert answer.status_code == status
