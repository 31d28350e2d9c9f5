"""The pages, the API and the commands around an import."""

import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from pitchbar import create_app
from pitchbar.codes.models import Code
from pitchbar.commands import Console
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.scans.resolver import Resolver
from pitchbar.settings import Settings, current_settings
from pitchbar.transfers.commands import codes as command
from pitchbar.transfers.models import CodeImport
from pitchbar.transfers.working import work_on
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.transfers.factories import ROWS, SAMPLES, carry_out, csv_of, draft, make_import, owner_of

MULTIPART = "multipart/form-data"


def upload(client: FormClient, people: People, data: bytes, name: str = "links.csv") -> Any:
    url = f"/w/{people.workspace.slug}/codes/imports"
    file = (io.BytesIO(data), name)
    return client.submit(url, {"file": file}, content_type=MULTIPART)


def newest() -> CodeImport:
    found = db.session.scalar(select(CodeImport).order_by(CodeImport.id.desc()))
    assert found is not None
    return found


def count_codes() -> int:
    return db.session.scalar(select(func.count()).where(Code.deleted_at.is_(None))) or 0


def test_from_the_file_to_the_way_back(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    answer = upload(client, people, (SAMPLES / "kutt.csv").read_bytes())
    at = f"/w/{people.workspace.slug}/codes/imports/{newest().id}"
    assert answer.status_code == 303
    assert answer.location == f"{at}/columns"
    page = client.get(f"{at}/columns").text
    assert "an export of Kutt" in page
    assert "Spring menu" in page
    form = {"destination_url": "6", "short_code": "0", "name": "7", "taken": "error", "domain": ""}
    assert client.submit(f"{at}/columns", form).status_code == 303
    assert "Under way" in client.get(at).text
    work_on(newest().id, current_settings())
    page = client.get(f"{at}/fragments").text
    assert "https://harbour.example/menu" in page
    assert "Import 2 codes" in page
    assert client.submit(f"{at}/start").status_code == 303
    again = client.submit(f"{at}/start")
    assert (again.status_code, again.location) == (303, at)
    work_on(newest().id, current_settings())
    assert "2 codes are" in client.get(at).text
    led = Resolver(db.engine).resolve("spring")
    assert led is not None
    assert led.location == "https://harbour.example/menu"
    assert "Take 2 codes back" in client.get(f"{at}/undo").text
    assert client.submit(f"{at}/reversal").status_code == 303
    work_on(newest().id, current_settings())
    assert "2 of 2 codes" in client.get(at).text
    assert count_codes() == 0
    assert "links.csv" in client.get(f"/w/{people.workspace.slug}/codes/imports").text


def test_who_undoes_twice_is_led_to_what_became_of_it(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    by = owner_of(people)
    one = carry_out(make_import(people.workspace, by, csv_of(ROWS)), by)
    at = f"/w/{people.workspace.slug}/codes/imports/{one.id}"
    for _again in range(2):
        answer = client.submit(f"{at}/reversal")
        assert (answer.status_code, answer.location) == (303, at)
    assert "can no longer be undone" in client.get(at).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty."),
        (b"name,destination\n", "only a head"),
        (b'name,url\n"a,b\n', "quotation mark"),
        (b"name,url\n" + b"a,https://x.example\n" * 6, "5 rows at most"),
        (b"name,url\n" + b"x" * 3000, "MB that an import takes"),
    ],
)
@pytest.mark.settings(code_import_rows=5, code_import_bytes=2048)
def test_what_is_no_table_is_said_at_the_field(
    client: FormClient, people: People, data: bytes, said: str
) -> None:
    sign_in(client, people.editor)
    answer = upload(client, people, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert client.submit(f"/w/{people.workspace.slug}/codes/imports").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(CodeImport)) == 0


def test_choice_without_a_destination_keeps_the_rest(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    one = draft(people.workspace, owner_of(people))
    at = f"/w/{people.workspace.slug}/codes/imports/{one.id}/columns"
    answer = client.submit(at, {"destination_url": "-", "name": "2", "taken": "random"})
    assert answer.status_code == 422
    assert "Choose the column that says where each code leads." in answer.text
    assert '<option selected value="2">short code</option>' in answer.text
    assert client.submit(at, {"destination_url": "77"}).status_code == 422


def test_names_with_markup_are_text(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    rows = [("<script>alert(1)</script>", ROWS[0][1], ""), ("B", "<b>no", "")]
    one = make_import(people.workspace, owner_of(people), csv_of(rows), name="<i>x.csv")
    page = client.get(f"/w/{people.workspace.slug}/codes/imports/{one.id}").text
    assert "<script>alert" not in page
    assert "<i>x" not in page
    assert "&lt;script&gt;alert" in page


def test_errors_are_listed_by_pages_and_downloaded(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    rows = [("=name", "nowhere", "")] * 60
    one = make_import(people.workspace, owner_of(people), csv_of(rows))
    at = f"/w/{people.workspace.slug}/codes/imports/{one.id}"
    page = client.get(at).text
    assert ">51<" in page
    assert ">52<" not in page
    last = one.id and client.get(f"{at}?after={_after(page)}").text
    assert last
    assert ">52<" in last
    assert ">61<" in last
    table = client.get(f"{at}/errors.csv").text.splitlines()
    assert len(table) == 61
    assert table[1].startswith("2,destination,")


def _after(page: str) -> str:
    return page.partition("?after=")[2].partition('"')[0].partition("&")[0]


def test_others_see_no_imports(client: FormClient, people: People) -> None:
    one = draft(people.workspace, owner_of(people))
    at = f"/w/{people.workspace.slug}/codes/imports/{one.id}"
    for person, status in ((people.analyst, 403), (people.outsider, 404)):
        sign_in(client, person)
        assert client.get(at).status_code == status
    sign_in(client, people.outsider)
    assert client.get(f"/w/{people.elsewhere.slug}/codes/imports/{one.id}").status_code == 404


def test_table_and_maps_are_downloaded_and_told(client: FormClient, people: People) -> None:
    sign_in(client, people.analyst)
    make_code(people.workspace, short_code="menu", name="=Menu")
    at = f"/w/{people.workspace.slug}/codes/export"
    assert "1 address on" in client.get(at).text
    table = client.submit(at, {"kind": "csv"})
    assert table.mimetype == "text/csv"
    assert "'=Menu" in table.text
    for kind in ("nginx", "caddy", "cloudflare", "cloudflare-bulk"):
        made = client.submit(at, {"kind": kind})
        assert "attachment" in made.headers["Content-Disposition"]
        assert "/t/menu" in made.text
    assert client.submit(at, {"kind": "zip"}).status_code == 422
    assert client.submit(at, {"kind": "nginx", "host": "other.example"}).status_code == 404
    told = select(func.count()).where(AuditEntry.action == "codes.exported")
    assert db.session.scalar(told) == 5


def test_list_of_codes_leads_there(client: FormClient, people: People) -> None:
    make_code(people.workspace)
    at = f"/w/{people.workspace.slug}/codes"
    offered = {
        people.editor: (True, False),
        people.analyst: (False, True),
        people.member: (False, False),
    }
    for person, (imports, exports) in offered.items():
        sign_in(client, person)
        page = client.get(at).text
        assert ("Import codes" in page, "Export codes" in page) == (imports, exports)


def test_program_imports_and_undoes(client: FormClient, people: People) -> None:
    at = f"/api/v1/workspaces/{people.workspace.slug}/codes"
    headers = bearer(make_token(people.workspace))

    def send(data: bytes, **values: str) -> Any:
        form = {"file": (io.BytesIO(data), "links.csv"), **values}
        return client.post(f"{at}/imports", data=form, headers=headers, content_type=MULTIPART)

    dry = send(csv_of(ROWS), dry_run="true")
    assert dry.status_code == 202
    assert dry.json is not None
    work_on(dry.json["id"], current_settings())
    one = client.get(f"{at}/imports/{dry.json['id']}", headers=headers).json
    assert one is not None
    assert (one["state"], one["to_create"], one["created"]) == ("checked", 2, 0)
    rows = [("A", ROWS[0][1], "a b")]
    wrong = send(
        csv_of(rows, ("x", "y", "z")), mapping='{"destination_url": "y", "short_code": "z"}'
    )
    assert wrong.json is not None
    work_on(wrong.json["id"], current_settings())
    errors = client.get(f"{at}/imports/{wrong.json['id']}/errors", headers=headers).json
    assert errors is not None
    assert errors["data"][0] == {
        "row": 2,
        "column": "z",
        "message": "Use 3 to 64 letters, digits, hyphens or underscores.",
    }
    real = send(csv_of(ROWS))
    assert real.json is not None
    work_on(real.json["id"], current_settings())
    assert count_codes() == 2
    undone = client.delete(f"{at}/imports/{real.json['id']}", headers=headers)
    assert undone.status_code == 202
    work_on(real.json["id"], current_settings())
    assert count_codes() == 0
    for refused in (
        send(b""),
        send(csv_of(ROWS), mapping="[1"),
        send(csv_of(ROWS), mapping='{"destination_url": "nothing"}'),
        send(csv_of(ROWS, ("url", "url", "b")), mapping='{"destination_url": "url"}'),
        send(csv_of(ROWS), mapping='{"name": "name"}'),
        send(csv_of(ROWS), mapping='{"destination_url": "destination", "colour": "name"}'),
        send(csv_of(ROWS), taken="perhaps"),
        send(csv_of(ROWS), domain="nobody.example"),
    ):
        assert refused.status_code == 422, refused.json


def test_program_takes_codes_away(client: FormClient, people: People) -> None:
    make_code(people.workspace, short_code="menu")
    at = f"/api/v1/workspaces/{people.workspace.slug}/codes"
    headers = bearer(make_token(people.workspace, "read"))
    table = client.get(f"{at}/export.csv", headers=headers)
    assert table.status_code == 200
    assert ",menu," in table.text
    for kind in ("nginx", "caddy", "cloudflare", "cloudflare-bulk"):
        assert "/t/menu" in client.get(f"{at}/redirects.{kind}", headers=headers).text
    assert client.get(f"{at}/redirects.nginx?host=a.example", headers=headers).status_code == 404


def test_commands_import_and_export(settings: Settings, people: People, tmp_path: Path) -> None:
    slug = people.workspace.slug
    file, out = tmp_path / "links.csv", tmp_path / "out.csv"
    file.write_bytes(csv_of(ROWS))

    def run(*words: str) -> Any:
        db.session.commit()
        done = CliRunner().invoke(command, [*words], obj=Console(settings, create_app))
        db.session.rollback()
        return done

    dry = run("import", str(file), "--workspace", slug, "--dry-run")
    assert "2 codes would be made" in dry.output
    assert count_codes() == 0
    done = run("import", str(file), "--workspace", slug)
    assert done.exit_code == 0
    assert "2 codes imported" in done.output
    again = run("import", str(file), "--workspace", slug)
    assert again.exit_code == 1
    assert "“spring” is taken." in again.output
    assert run("export", "--workspace", slug, "--out", str(out)).exit_code == 0
    assert out.read_text() == run("export", "--workspace", slug).output
    assert run("export", "--workspace", "nowhere").exit_code == 1
