"""The pages of sources, as people use them, and the API beside them."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from pitchbar.extensions import db
from pitchbar.jobs import Queue
from pitchbar.sources.crawls.uploads import storage
from pitchbar.sources.models import HELD, Source
from pitchbar.workspaces.models import Workspace
from tests.sources.factories import latest, make_site, make_source, pages_of, work_off
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_token
from tests.support.hostile_site import HostileSite, page

MARKDOWN = b"# Returns\n\nYou can send anything back within thirty days, unused and in its box.\n"


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/sources"


def only(workspace: Workspace) -> Source:
    db.session.rollback()
    return db.session.scalars(select(Source).where(Source.workspace_id == workspace.id)).one()


def test_empty_list_says_what_to_do(client: FormClient, at: str) -> None:
    html = client.get(at).text
    assert "Nothing to answer from yet" in html
    assert "Add your website" in html


def test_pages_are_found_ticked_and_read(
    client: FormClient, people: People, at: str, site: HostileSite
) -> None:
    make_site(site, 6)
    values: dict[str, Any] = {"kind": "site", "url": site.origin, "exclude": "/page/3"}
    found = client.submit(f"{at}/discovery", values)
    assert found.status_code == 200
    assert "5 pages found." in " ".join(found.text.split())
    assert f'value="{site.url("/page/2")}" checked' in found.text
    assert site.url("/page/3") not in found.text.split("left out")[0]
    ticked = [site.url("/page/1"), site.url("/page/2")]
    made = client.submit(at, values | {"scope": "chosen", "chosen": ticked})
    assert made.status_code == 303
    work_off(Queue.CRAWL)

    assert set(pages_of(latest(only(people.workspace)))) == {"/page/1", "/page/2"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "site", "url": ""}, "Enter an address."),
        ({"kind": "site", "url": "http://10.0.0.1/"}, "10.0.0.1"),
        ({"kind": "url", "url": "ftp://example.com/"}, "http"),
        ({"kind": "site", "url": "https://example.com", "include": "a b"}, "no spaces"),
        ({"kind": "site", "url": "https://example.com", "hosts": "not a host"}, "is no host"),
        ({"kind": "site", "url": "https://example.com", "page_cap": "9999999"}, "1 to 500 pages"),
        ({"kind": "text", "text": " "}, "Paste the text"),
        ({"kind": "text", "text": "x" * 200_001}, "200,001 characters"),
        ({"kind": "file"}, "Choose a file."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(
    client: FormClient, people: People, at: str, values: dict[str, str], said: str
) -> None:
    answer = client.submit(at, {"name": "Help centre", **values})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Help centre"' in answer.text
    assert db.session.scalars(select(Source)).all() == []


def test_a_file_is_uploaded_read_and_gone_with_its_source(
    client: FormClient, people: People, at: str
) -> None:
    file = (io.BytesIO(MARKDOWN), "returns.md")
    answer = client.submit(at, {"kind": "file", "file": file}, content_type="multipart/form-data")
    assert answer.status_code == 303
    work_off()
    source = only(people.workspace)
    assert (source.name, source.status, source.file_bytes) == (
        "returns.md",
        "indexed",
        len(MARKDOWN),
    )
    (read,) = pages_of(latest(source)).values()
    shown = client.get(f"{at}/{source.id}/pages/{read.id}").text
    assert "within thirty days" in shown
    assert b"".join(storage().read(source.file_key)) == MARKDOWN

    key = source.file_key
    assert "uploaded file goes, too" in client.get(f"{at}/{source.id}/delete").text
    client.submit(f"{at}/{source.id}/deletion")
    assert storage().list_keys("sources") == []
    with pytest.raises(FileNotFoundError):
        storage().size(key)


@pytest.mark.settings(max_upload_bytes=1000)
def test_a_file_that_is_too_large_or_empty_leaves_nothing_behind(
    client: FormClient, people: People, at: str
) -> None:
    for content, said in ((b"x" * 1001, "0.1 MB at most"), (b"", "This file is empty")):
        data = {"kind": "file", "file": (io.BytesIO(content), "a.txt")}
        answer = client.submit(at, data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert said in answer.text
    assert storage().list_keys("sources") == []


def test_every_page_says_what_became_of_it(
    client: FormClient, people: People, at: str, site: HostileSite
) -> None:
    make_site(site, 4)
    site.robots = "User-agent: *\nDisallow: /page/2\n"
    site.pages["/page/3"] = page("<main>Nothing here.</main>")
    source = make_source(people.workspace, url=site.origin)
    work_off()
    html = client.get(f"{at}/{source.id}").text
    for words in ("Left out", "Disallow: /page/2", "fewer than 200 characters", "Answers"):
        assert words in html
    filtered = client.get(f"{at}/{source.id}?state=read").text
    assert "/page/1" in filtered
    assert "fewer than 200 characters" not in filtered
    one = pages_of(latest(source))["/page/1"]
    log = client.get(f"{at}/{source.id}/pages/{one.id}").text
    for words in ("Article 1", one.content_hash, "robots.txt allows it", "tokens"):
        assert words in log


def test_a_held_version_shows_its_differences_and_is_taken(
    client: FormClient, people: People, at: str, site: HostileSite
) -> None:
    make_site(site, 5)
    source = make_source(people.workspace, url=site.origin)
    work_off()
    for number in range(1, 4):
        site.pages[f"/page/{number}"] = page("<main>Please sign in.</main>")
    client.submit(f"{at}/{source.id}/crawls")
    work_off()
    assert latest(source).state == HELD
    assert "waits for you" in client.get(f"{at}/{source.id}").text
    html = client.get(f"{at}/{source.id}/versions/2").text
    assert "3 of 5 pages would have nothing left" in html
    assert "<del># Article 1</del>" in html
    client.submit(f"{at}/{source.id}/versions/2/acceptance")
    work_off()
    assert (latest(source).state, latest(source).documents) == ("active", 2)
    again = client.submit(f"{at}/{source.id}/versions/2/acceptance")
    assert again.status_code == 409


def test_patterns_are_tried_while_they_are_typed(client: FormClient, at: str) -> None:
    asked = {"include": "/docs", "exclude": "/docs/old", "try": "https://example.com/docs/old/a"}
    assert "Left out, because of /docs/old." in client.get(f"{at}/pattern", query_string=asked).text
    asked["try"] = "https://example.com/docs/new"
    assert "Taken in, because of /docs." in client.get(f"{at}/pattern", query_string=asked).text


def test_programs_add_read_and_delete_sources(client: FormClient, people: People) -> None:
    secret = make_token(people.workspace)
    api = f"/api/v1/workspaces/{people.workspace.slug}/sources"
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {"kind": "text", "name": "Returns", "text": MARKDOWN.decode()}
    made = client.post(api, json=body, headers=bearer)
    assert made.status_code == 201, made.text
    work_off()
    shown = client.get(f"{api}/{made.get_json()['id']}", headers=bearer).get_json()
    assert (shown["status"], shown["documents"], shown["pages"]["indexed"]) == ("indexed", 1, 1)

    data = {"kind": "file", "name": "Again", "file": (io.BytesIO(MARKDOWN + b"More."), "again.md")}
    uploaded = client.post(api, data=data, headers=bearer, content_type="multipart/form-data")
    assert uploaded.status_code == 201, uploaded.text
    work_off()
    assert (
        client.get(f"{api}/{uploaded.get_json()['id']}", headers=bearer).get_json()["status"]
        == "indexed"
    )
    listed = client.get(api, headers=bearer).get_json()["data"]
    assert [one["name"] for one in listed] == ["Again", "Returns"]
    pages = client.get(f"{api}/{made.get_json()['id']}/pages", headers=bearer).get_json()["data"]
    assert json.dumps(pages[0]["state"]) == '"read"'
    assert client.delete(f"{api}/{made.get_json()['id']}", headers=bearer).status_code == 204
    assert client.get(f"{api}/{made.get_json()['id']}", headers=bearer).status_code == 404


def test_the_same_key_with_another_file_is_refused(client: FormClient, people: People) -> None:
    secret = make_token(people.workspace)
    api = f"/api/v1/workspaces/{people.workspace.slug}/sources"
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "one"}

    def send(content: bytes) -> int:
        data = {"kind": "file", "file": (io.BytesIO(content), "a.md")}
        return client.post(
            api, data=data, headers=headers, content_type="multipart/form-data"
        ).status_code

    assert [send(MARKDOWN), send(MARKDOWN), send(MARKDOWN + b"!")] == [201, 201, 422]
    assert len(storage().list_keys("sources")) == 1


def test_list_asks_as_much_of_many_sources_as_of_few(
    client: FormClient, people: People, app: Flask
) -> None:
    sign_in(client, people.member)
    path = f"/w/{people.workspace.slug}/sources"

    def count() -> int:
        asked: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", hear)
        client.get(path)
        event.remove(db.engine, "before_cursor_execute", hear)
        return len(asked)

    make_source(people.workspace, "text", text="One.")
    count()  # the first time a request looks up what is kept from then on
    few = count()
    for n in range(12):
        make_source(people.workspace, "text", text=f"Text {n}.")
    assert count() == few
