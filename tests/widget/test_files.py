"""What `/widget/` serves to pages of any origin."""

import base64
import gzip
import hashlib

import brotli
import pytest
from flask import Flask, render_template_string

from pitchbar.widget.built import BUILT, built
from tests.conftest import MakeSettings
from tests.support.browsing import SITE, FormClient

LOADER = built()["widget.js"]


@pytest.mark.parametrize("name", sorted(built()))
def test_every_file_is_served_as_it_is_built(client: FormClient, name: str) -> None:
    answer = client.get(f"/widget/{name}?v={built()[name].hash}")
    assert answer.status_code == 200
    assert answer.data == (BUILT / name).read_bytes()
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_named_content_is_kept_for_ever_and_anything_else_for_now(client: FormClient) -> None:
    def kept(path: str) -> str:
        return client.get(path).headers["Cache-Control"]

    assert kept(f"/widget/widget.js?v={LOADER.hash}") == "public, max-age=31536000, immutable"
    # A page of another release.
    assert kept("/widget/widget.js?v=0000000000000000") == "public, max-age=300"
    assert kept("/widget/widget.js") == "public, max-age=300"


def test_pages_of_any_origin_may_load_it_and_no_cookie_is_set(client: FormClient) -> None:
    client.set_cookie("pitchbar_session", "x", domain="pitchbar.test")
    answer = client.get("/widget/app.js", headers={"Origin": "https://shop.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    # Else no CDN would keep it.
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_it_leaves_packed_as_the_browser_takes_it(
    client: FormClient, accepts: str, encoding: str | None
) -> None:
    answer = client.get("/widget/app.js", headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
    assert unpack(answer.data) == (BUILT / "app.js").read_bytes()
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_what_a_browser_has_is_not_sent_again(client: FormClient) -> None:
    packed = {"Accept-Encoding": "br"}
    etag = client.get("/widget/app.js", headers=packed).headers["ETag"]
    again = client.get("/widget/app.js", headers={**packed, "If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    # Another encoding is another thing.
    other = client.get("/widget/app.js", headers={"If-None-Match": etag})
    assert other.status_code == 200


@pytest.mark.parametrize("name", ["nothing.js", "app.js.gz", "..%2Fpackage.json", "src/app.js"])
def test_nothing_else_of_the_folder_is_served(client: FormClient, name: str) -> None:
    assert client.get(f"/widget/{name}").status_code == 404


def test_manifest_names_the_current_loader_with_its_digest(client: FormClient) -> None:
    answer = client.get("/widget/manifest.json")
    said = answer.json
    assert said is not None
    assert said["hash"] == LOADER.hash
    assert said["url"] == f"{SITE}/widget/widget.js?v={LOADER.hash}"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    kind, _, digest = said["integrity"].partition("-")
    loaded = client.get(said["url"]).data
    assert (kind, base64.b64decode(digest)) == ("sha384", hashlib.sha384(loaded).digest())


def _snippet(app: Flask, public_id: str) -> str:
    with app.test_request_context():
        return render_template_string("{{ widget_script(id) }}", id=public_id)


def test_snippet_names_this_release_and_the_agent(app: Flask) -> None:
    source = f"{SITE}/widget/widget.js?v={LOADER.hash}"
    expected = f'<script src="{source}" data-agent="ag_1" async></script>'
    assert _snippet(app, "ag_1") == expected
    assert "&lt;" in _snippet(app, "<x>")


@pytest.mark.settings(widget_url="https://cdn.example.net")
def test_with_another_host_the_snippet_says_where_the_calls_go(
    app: Flask, client: FormClient
) -> None:
    snippet = _snippet(app, "ag_1")
    assert f'src="https://cdn.example.net/widget/widget.js?v={LOADER.hash}"' in snippet
    assert f'data-api="{SITE}/api/v1/widget"' in snippet
    said = client.get("/widget/manifest.json").json
    assert said is not None
    assert said["url"].startswith("https://cdn.example.net/widget/")


def test_address_of_another_host_is_an_origin(make_settings: MakeSettings) -> None:
    with pytest.raises(Exception, match="WIDGET_URL is not usable"):
        make_settings(widget_url="cdn.example.net/files")
