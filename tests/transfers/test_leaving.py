"""What is taken away: a table that comes back equal, and maps that lead where the codes did."""

import csv
import io
import re
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from pitchbar.codes.labels.queries import labels_of
from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, create_code, move_code
from pitchbar.core import clock
from pitchbar.core.csv_export import plain_cell, safe_cell
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.transfers.errors import UnknownMap
from pitchbar.transfers.exporting import export_codes
from pitchbar.transfers.leaving.redirects import RedirectMap, collect, list_hosts
from pitchbar.transfers.leaving.writing import (
    MOST_STATIC,
    write_bulk_redirects,
    write_caddy,
    write_cloudflare,
    write_nginx,
)
from tests.support.domains import make_domain
from tests.support.factories import People, make_code
from tests.transfers.factories import carry_out, make_import, owner_of

# What a destination may hold once it is cleaned, and what a syntax may stumble over.
HOSTILE = [
    "https://harbour.example/menu",
    "https://harbour.example/a%20b?q=it%27s;{x}&y=$uri$host${z}",
    "https://harbour.example/?$=1&a={$HOME}&b={env.PATH}",
    "https://harbour.example/%22;return%20403;%22?a=~*^|`",
    "https://harbour.example/%E6%BC%A2?b=%7B%7D#part",
    "https://harbour.example/x?:slug=*splat&c=,%0A",
]


def hostile_map() -> RedirectMap:
    return RedirectMap(
        "go.harbour.example", [(f"/t/code-{n}", url) for n, url in enumerate(HOSTILE)]
    )


def test_hostile_destinations_are_what_a_code_can_have(people: People) -> None:
    kept = [make_code(people.workspace, destination_url=url).destination_url for url in HOSTILE]
    assert kept == HOSTILE


def read_nginx(text: str) -> dict[str, str]:
    """The map of a file, by nginx's own rules of tokens, quotation marks and variables."""
    tokens = re.findall(r'#[^\n]*|"(?:\\.|[^"\\])*"|[{};]|[^\s{};"]+', text)
    tokens = [token for token in tokens if not token.startswith("#")]
    start = tokens.index("map")
    body = tokens[start + 4 : tokens.index("}", start)]
    assert body[2::3] == [";"] * (len(body) // 3)
    dollar = re.search(r'geo (\$\w+) { default "\$"; }', text)
    assert dollar is not None
    found = {}
    for key, value in zip(body[0::3], body[1::3], strict=True):
        plain = [re.sub(r"\\(.)", r"\1", one.strip('"')) for one in (key, value)]
        variables = re.findall(r"\$\{?\w*\}?", plain[1])
        name = "${" + dollar[1][1:] + "}"
        assert all(one == name for one in variables), variables
        found[plain[0]] = plain[1].replace(name, "$")
    return found


def test_nginx_reads_every_destination_as_it_is() -> None:
    made = hostile_map()
    found = read_nginx(write_nginx(made))
    assert found == {"default": "", **dict(made.entries)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(port: int, made: RedirectMap, host: str) -> dict[str, str]:
    """Where a server that has just been started leads each address."""
    until = time.monotonic() + 15
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", headers={"Host": host})
            break
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.02)
    found = {}
    for path, _url in made.entries:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
        assert answer.status_code == 302
        found[path] = answer.headers["Location"]
    unknown = httpx.get(f"http://127.0.0.1:{port}/t/unknown", headers={"Host": host})
    assert unknown.status_code == 404
    return found


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_real_nginx_leads_where_the_codes_did(tmp_path: Path) -> None:
    made, port = hostile_map(), _free_port()
    text = write_nginx(made)
    (tmp_path / "codes.conf").write_text(text)
    block = re.search(r"# {3}(server \{.*?\n)# {3}\}", text, re.DOTALL)
    assert block is not None
    server = re.sub(r"^# *", "", block[1], flags=re.MULTILINE) + "}"
    server = server.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    logs = " ".join(f"{one}_temp_path {tmp_path}/{one};" for one in _TEMPORARY)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; daemon off; master_process off;"
        f"events {{}} http {{ access_log off; {logs} include {tmp_path}/codes.conf;\n{server} }}"
    )
    process = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    try:
        assert _ask(port, made, made.host) == dict(made.entries)
    finally:
        process.terminate()
        process.wait()


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_real_caddy_leads_where_the_codes_did(tmp_path: Path) -> None:
    made, port = hostile_map(), _free_port()
    text = write_caddy(made).replace(f"{made.host} {{", f"http://{made.host}:{port} {{", 1)
    (tmp_path / "Caddyfile").write_text("{\n admin off\n auto_https off\n}\n" + text)
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = ["caddy", "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    process = subprocess.Popen(command, env=home, stderr=subprocess.DEVNULL)
    try:
        expected = {path: url.replace("{", "%7B").replace("}", "%7D") for path, url in made.entries}
        assert _ask(port, made, made.host) == expected
    finally:
        process.terminate()
        process.wait()


def test_lists_for_cloudflare_hold_every_destination_as_it_is() -> None:
    made = hostile_map()
    lines = [one for one in write_cloudflare(made).splitlines() if one and one[0] != "#"]
    assert [tuple(line.split(" ")) for line in lines] == [
        (path, url, "302") for path, url in made.entries
    ]
    rows = list(csv.reader(io.StringIO(write_bulk_redirects(made))))
    assert [(row[0], row[1]) for row in rows] == [
        (f"https://go.harbour.example{path}", url) for path, url in made.entries
    ]
    assert {tuple(row[2:]) for row in rows} == {("302", "FALSE", "FALSE", "FALSE", "FALSE")}


def test_limits_of_redirects_are_said() -> None:
    many = RedirectMap("go.example", [(f"/t/{n}", "https://a.example") for n in range(2001)])
    assert f"reads {MOST_STATIC:,} lines" in write_cloudflare(many)
    long = RedirectMap("go.example", [("/t/a", "https://a.example/" + "x" * 1000)])
    assert "1 lines are longer" in write_cloudflare(long)


def test_map_has_what_leads_somewhere_today(people: People) -> None:
    settings, space = current_settings(), people.workspace
    make_code(space, short_code="plain", utm_source="poster", utm_medium="qr")
    make_code(space, short_code="shut", password="flat white", scan_limit=5)
    make_code(space, short_code="later", starts_at=clock.now() + timedelta(days=9))
    past = clock.now() - timedelta(days=1)
    make_code(space, short_code="over", ends_at=past)
    make_code(space, short_code="moved", ends_at=past, fallback_url="https://harbour.example/new")
    archive_code(make_code(space, short_code="old"), SYSTEM)
    db.session.commit()
    made = collect(space, settings)
    assert dict(made.entries) == {
        "/t/plain": "https://destination.example/menu?utm_source=poster&utm_medium=qr",
        "/t/shut": "https://destination.example/menu",
        "/t/later": "https://destination.example/menu",
        "/t/moved": "https://harbour.example/new",
    }
    said = write_nginx(made)
    for words in ("1 code asks for a password", "1 code has ended", "1 code is archived"):
        assert words in said


def test_own_domain_has_a_map_of_its_own(people: People) -> None:
    settings, space = current_settings(), people.workspace
    domain = make_domain(space)
    code = make_code(space, short_code="menu")
    move_code(code, SYSTEM, domain=domain.host)
    move_code(code, SYSTEM, domain=domain.host, short_code="menu-2")
    make_code(space)
    db.session.commit()
    made = collect(space, settings, domain.host)
    assert [path for path, _url in made.entries] == ["/menu", "/menu-2"]
    assert list_hosts(space, settings)[1:] == [domain.host]
    with pytest.raises(UnknownMap):
        collect(people.elsewhere, settings, domain.host)


def test_apostrophes_go_on_and_come_off() -> None:
    for text in ("=1+1", "@a", "'=1", "''-x", "'quoted'", "plain", "\t=x", "＝x", "'"):  # noqa: RUF001  # a full-width sign
        assert plain_cell(safe_cell(text)) == text
    assert safe_cell("=1+1") == "'=1+1"


def test_export_comes_back_equal(people: People) -> None:
    settings, by = current_settings(), owner_of(people)
    start = clock.now() + timedelta(days=3)
    lives: list[dict[str, object]] = [
        {"name": '=HYPERLINK("x")', "short_code": "formula", "notes": 'one\ntwo; "three"\n\'=4'},
        {"name": "漢字, and a comma", "labels": ["Print", "=sum"], "campaign": "Spring"},
        {
            "name": "Life",
            "starts_at": start,
            "ends_at": start + timedelta(days=1, microseconds=7),
            "scan_limit": 5000,
            "fallback_url": "https://harbour.example/late",
            "forward_parameters": True,
            "attribution": True,
            "error_correction": "H",
            **{f"utm_{one}": f"@{one}" for one in ("source", "medium", "campaign", "term")},
        },
    ]
    for life in lives:
        create_code(people.workspace, by, settings, destination_url=HOSTILE[1], **life)  # type: ignore[arg-type]  # values of several kinds
    archive_code(make_code(people.workspace, name="Old"), SYSTEM)
    db.session.commit()
    first = list(db.session.scalars(select(Code).order_by(Code.id)))
    before = [told(code) for code in first]
    data = "".join(export_codes(people.workspace, settings)).encode()
    for code in first:
        code.short_code = f"moved-{code.id}"
    db.session.commit()
    one = carry_out(make_import(people.elsewhere, by, data), by)
    assert (one.origin, one.created, one.error_count) == ("pitchbar", 4, 0)
    mine = select(Code).where(Code.workspace_id == people.elsewhere.id).order_by(Code.id)
    assert [told(code) for code in db.session.scalars(mine)] == before


def told(code: Code) -> dict[str, object]:
    other = {"id", "workspace_id", "created_at", "updated_at", "created_by_id"}
    values = {
        column: getattr(code, column) for column in set(Code.__table__.columns.keys()) - other
    }
    return {**values, "labels": [label.name for label in labels_of(code)]}
