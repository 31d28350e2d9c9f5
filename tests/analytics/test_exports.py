"""Files of scans: sent at once or made by a job, whole in either case."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from pyarrow import parquet
from sqlalchemy import select

from pitchbar.analytics.exports import making, scan_content, services, tasks, views
from pitchbar.analytics.exports.models import DONE, FAILED, Export
from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.settings import current_settings
from tests.analytics.factories import make_export, make_scan
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture

Send = Callable[..., Any]
NASTY = ("=HYPERLINK(1)", "+1", "@x", 'a "quote", and\r\nlines', "ὦ")


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Menu")


@pytest.fixture
def send(client: FormClient, people: People) -> Send:
    sign_in(client, people.analyst)

    def send(kind: str = "csv", query: str = "") -> Any:
        form = {"kind": kind, "query": query}
        return client.submit(f"/w/{people.workspace.slug}/exports", form)

    return send


def make_scans(people: People, code: Code, count: int = 7) -> None:
    at = clock.now() - timedelta(hours=1)
    for number in range(count):
        make_scan(
            people.workspace,
            at + timedelta(seconds=number // 2),
            code_id=code.id,
            country="DE" if number % 2 else "FR",
            utm_term=NASTY[number % len(NASTY)],
        )


def read(kind: str, data: bytes) -> list[dict[str, Any]]:
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if kind == "json":
        found: list[dict[str, Any]] = json.loads(data)
        return found
    return list(parquet.read_table(io.BytesIO(data)).to_pylist())


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_every_scan_is_in_the_file_oldest_first(
    send: Send, people: People, code: Code, kind: str
) -> None:
    make_scans(people, code)
    make_scan(people.elsewhere)
    answer = send(kind)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = read(kind, answer.data)
    assert len(rows) == 7
    assert [str(row["at"]) for row in rows] == sorted(str(row["at"]) for row in rows)
    assert {row["code"] for row in rows} == {"Menu"}
    assert {str(row["code_id"]) for row in rows} == {str(code.id)}
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scans.exported"))
    assert entry.after["kind"] == kind


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_an_export_of_nothing_is_a_file_all_the_same(send: Send, kind: str) -> None:
    assert read(kind, send(kind).data) == []


def test_filters_of_the_page_hold(send: Send, people: People, code: Code) -> None:
    make_scans(people, code)
    rows = read("csv", send("csv", "country=DE&range=7d&tab=city").data)
    assert {row["country"] for row in rows} == {"DE"}
    assert len(rows) == 3


def test_no_cell_is_a_formula(send: Send, people: People, code: Code) -> None:
    make_scans(people, code)
    terms = {row["utm_term"] for row in read("csv", send().data)}
    assert terms == {"'=HYPERLINK(1)", "'+1", "'@x", 'a "quote", and\r\nlines', "ὦ"}
    # Programs get what is stored.
    assert NASTY[0] in {row["utm_term"] for row in read("json", send("json").data)}


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("exe", ""),
        ("", ""),
        ("csv", "from=2026-02-02&to=2026-02-01"),
        ("csv", "&".join(f"country={n}" for n in range(201))),
    ],
)
def test_what_cannot_be_exported_is_refused(send: Send, kind: str, query: str) -> None:
    assert send(kind, query).status_code == 422


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (services, views):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(scan_content, "_PART", 2)
    monkeypatch.setattr("pitchbar.analytics.scan_list.queries._PORTION", 2)


def only_export() -> Export:
    return db.session.scalars(select(Export)).one()


def run(export_id: int) -> None:
    tasks.make_export(export_id)
    db.session.expire_all()


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_large_one_is_made_by_a_job_and_told_by_mail(
    send: Send, people: People, code: Code, client: FormClient, kind: str
) -> None:
    make_scans(people, code)
    assert send(kind, "device=phone").status_code == 303
    export = only_export()
    assert (export.expected, export.state) == (7, "waiting")
    # Scans of later are not in it, whenever the job comes to run.
    assert "from=" in export.query
    jobs = db.session.scalars(select(Job.task)).all()
    assert "analytics.exports.make_export" in jobs
    run(export.id)
    assert (only_export().state, only_export().rows) == (DONE, 7)
    answer = client.get(f"/w/{people.workspace.slug}/exports/{export.id}/file")
    assert len(read(kind, answer.data)) == 7
    assert "is ready" in client.get("/dev/mail").text
    storage = open_storage(current_settings().storage_url)
    assert storage.list_keys(f"{export.key}.parts") == []


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_job_that_is_cut_off_goes_on_behind_its_last_part(
    send: Send, people: People, code: Code, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    make_scans(people, code)
    send(kind)
    export = only_export()
    written: list[str] = []
    put = ObjectStorage.put

    def put_and_die(self: Any, key: str, data: bytes) -> None:
        put(self, key, data)
        written.append(key)
        if len(written) == 2:
            # The part is written, and nobody knows of it.
            raise KeyboardInterrupt

    monkeypatch.setattr(ObjectStorage, "put", put_and_die)
    with pytest.raises(KeyboardInterrupt):
        tasks.make_export(export.id)
    db.session.rollback()
    assert (only_export().rows, only_export().state) == (2, "running")
    run(export.id)
    assert only_export().rows == 7
    data = b"".join(making.read_file(only_export(), 0, only_export().size))
    ids = [row["id"] for row in read(kind, data)]
    assert len(ids) == len(set(ids)) == 7


@pytest.mark.usefixtures("small_parts")
def test_a_job_out_of_time_goes_on_in_another(
    send: Send, people: People, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_scans(people, code)
    send()
    monkeypatch.setattr(tasks, "_SECONDS", -1.0)
    for _ in range(8):
        if only_export().state == DONE:
            break
        run(only_export().id)
    assert (only_export().state, only_export().rows) == (DONE, 7)


def test_a_download_that_was_cut_off_is_taken_up_again(client: FormClient, people: People) -> None:
    sign_in(client, people.analyst)
    export = make_export(people.workspace)
    url = f"/w/{people.workspace.slug}/exports/{export.id}/file"
    whole = client.get(url)
    assert whole.headers["Content-Length"] == str(export.size)
    rest = client.get(url, headers={"Range": "bytes=30-", "If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert whole.data[30:] == rest.data
    assert rest.headers["Content-Range"] == f"bytes 30-{export.size - 1}/{export.size}"
    for odd in ("bytes=99999999-", "bytes=-5", "bytes=a-b", "lines=3-"):
        assert client.get(url, headers={"Range": odd}).data == whole.data


def test_files_go_after_a_week_and_with_their_workspace(app: Flask, people: People) -> None:
    old, new = make_export(people.workspace), make_export(people.workspace)
    old.created_at = clock.now() - timedelta(days=8)
    db.session.commit()
    storage = open_storage(current_settings().storage_url)
    assert making.forget_old_exports(clock.now()) == 1
    db.session.commit()
    assert storage.list_keys("exports") == [new.key]


def test_who_may_not_export_gets_no_file(client: FormClient, people: People) -> None:
    export = make_export(people.workspace)
    for person, status in ((people.editor, 403), (people.outsider, 404)):
        sign_in(client, person)
        url = f"/w/{people.workspace.slug}/exports/{export.id}/file"
        assert client.get(url).status_code == status


def test_one_that_stopped_is_shown_and_goes_on(
    client: FormClient, people: People, code: Code
) -> None:
    make_scans(people, code)
    sign_in(client, people.analyst)
    export = make_export(people.workspace, state=FAILED, query="device=phone")
    page = client.get(f"/w/{people.workspace.slug}/exports").text
    assert "Stopped" in page
    client.submit(f"/w/{people.workspace.slug}/exports/{export.id}/retry")
    run(export.id)
    assert only_export().state == DONE
