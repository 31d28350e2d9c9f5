"""The page and the files with which codes are taken away: of which host, and under which name."""

import csv
import io

import pytest
from sqlalchemy import insert

from pitchbar.codes.models import Code
from pitchbar.codes.services import move_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.domains import make_domain
from tests.support.factories import People, make_code


def test_table_of_many_portions_holds_each_code_once(client: FormClient, people: People) -> None:
    own = {"workspace_id": people.workspace.id, "destination_url": "https://harbour.example/menu"}
    rows = [{**own, "name": f"Card {n}", "short_code": f"card-{n}"} for n in range(1001)]
    db.session.execute(insert(Code), rows)
    make_code(people.elsewhere, name="Foreign")
    sign_in(client, people.analyst)
    answer = client.submit(f"/w/{people.workspace.slug}/codes/export", {"kind": "csv"})
    assert answer.headers["Content-Disposition"].endswith(f"{people.workspace.slug}-codes.csv")
    table = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert [row["name"] for row in table] == [row["name"] for row in rows]


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("nginx", "{host}.nginx.conf"),
        ("caddy", "{host}.caddyfile"),
        ("cloudflare", "_redirects"),
        ("cloudflare-bulk", "{host}.bulk-redirects.csv"),
    ],
)
def test_map_is_of_the_chosen_host_and_named_after_it(
    client: FormClient, people: People, kind: str, file: str
) -> None:
    domain = make_domain(people.workspace)
    code = make_code(people.workspace, short_code="moved")
    move_code(code, SYSTEM, domain=domain.host)
    make_code(people.workspace, short_code="stayed")
    sign_in(client, people.analyst)
    at = f"/w/{people.workspace.slug}/codes/export"
    answer = client.submit(at, {"kind": kind, "host": domain.host})
    name = answer.headers["Content-Disposition"].partition("filename=")[2].strip('"')
    assert name == file.format(host=domain.host)
    assert "/moved" in answer.text
    assert "stayed" not in answer.text


def test_page_counts_for_the_host_that_is_asked_for(client: FormClient, people: People) -> None:
    domain = make_domain(people.workspace)
    code = make_code(people.workspace, short_code="moved")
    move_code(code, SYSTEM, domain=domain.host)
    make_code(people.workspace)
    foreign = make_domain(people.elsewhere, host="other.elsewhere.example")
    sign_in(client, people.analyst)
    at = f"/w/{people.workspace.slug}/codes/export"
    page = client.get(f"{at}?host={domain.host}").text
    assert "1 address on" in page
    assert f'name="host"\n  value="{domain.host}"' in page
    for unknown in (foreign.host, "<b>", ""):
        page = client.get(at, query_string={"host": unknown}).text
        assert "2 addresses on" in page
        assert foreign.host not in page
