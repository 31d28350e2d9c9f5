"""The redirect, asked directly: every answer that it can give."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.spool import Spool
from tests.scans.conftest import MakeEdge
from tests.scans.edging import PEER, call_edge, read_spool
from tests.support.factories import make_code, make_workspace


def test_scan_is_redirected_with_these_headers_and_no_others(edge: Edge) -> None:
    answer = call_edge(edge, "/t/menu")

    assert answer.status == 302
    assert answer.headers == [
        ("Location", "https://destination.example/menu?utm_source=print"),
        ("Cache-Control", "no-store, private"),
        ("Content-Length", "0"),
        ("X-Robots-Tag", "noindex, nofollow"),
    ]
    assert answer.body == b""


def test_scan_is_on_disk_when_it_is_answered(edge: Edge, code: Code, spool: Spool) -> None:
    call_edge(
        edge,
        "/t/menu",
        "utm_campaign=spring",
        HTTP_ACCEPT_LANGUAGE="de-CH",
        HTTP_REFERER="https://a.example/",
    )

    (line,) = read_spool(spool)
    assert not spool.overflow
    assert line["code_id"] == code.id
    assert line["workspace_id"] == code.workspace_id
    assert line["time_zone"] == "Europe/Zurich"
    assert line["utm"] == ["print", "", "spring", "", ""]
    assert (line["method"], line["address"], line["purpose"]) == ("GET", PEER, "")
    assert (line["language"], line["referrer"]) == ("de-CH", "https://a.example/")
    assert "hints" not in line


def test_line_holds_what_a_browser_says_of_itself_unasked(edge: Edge, spool: Spool) -> None:
    languages = ", ".join(f"x{n}-CH;q=0.{n}" for n in range(1, 9))
    brands = '"Chromium";v="137", "Not/A)Brand";v="24"'
    call_edge(
        edge,
        "/t/menu",
        HTTP_ACCEPT_LANGUAGE=languages,
        HTTP_SEC_CH_UA=brands,
        HTTP_SEC_CH_UA_MOBILE="?1",
        HTTP_SEC_CH_UA_PLATFORM='"Android"',
    )
    call_edge(edge, "/t/menu", HTTP_SEC_CH_UA="\xff" * 60_000)

    told, long = read_spool(spool)
    assert (told["language"], told["hints"]) == (languages, f'{brands}|?1|"Android"')
    assert (told["set_apart"], len(long["hints"])) == ("", 256)


def test_ids_are_unique_sorted_by_time_and_of_version_7(edge: Edge, spool: Spool) -> None:
    for _ in range(500):
        call_edge(edge, "/t/menu")

    lines = read_spool(spool)
    ids = [UUID(hex=line["id"]) for line in lines]
    assert len(set(ids)) == 500
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}
    assert all(one.int >> 80 == line["at"] for one, line in zip(ids, lines, strict=True))


def test_incoming_values_reach_the_destination_and_the_line(edge: Edge, spool: Spool) -> None:
    answer = call_edge(edge, "/t/menu", "utm_source=mail&utm_term=caf%C3%A9&table=4")

    assert answer["Location"] == (
        "https://destination.example/menu?utm_source=mail&utm_term=caf%C3%A9"
    )
    assert read_spool(spool)[0]["utm"] == ["mail", "", "", "café", ""]


def test_head_answers_like_get_and_is_recorded_as_what_it_is(edge: Edge, spool: Spool) -> None:
    assert call_edge(edge, "/t/menu", method="HEAD").headers == call_edge(edge, "/t/menu").headers
    assert [line["method"] for line in read_spool(spool)] == ["HEAD", "GET"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused_and_nothing_is_recorded(
    edge: Edge, spool: Spool, method: str
) -> None:
    answer = call_edge(edge, "/t/menu", method=method)

    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")
    assert read_spool(spool) == []


@pytest.mark.parametrize("path", ["/t/MENU", "/t/Menu", "/t/menu/", "/t/%6denu", "/t/m%65nu"])
def test_short_code_is_found_however_it_is_typed(edge: Edge, path: str) -> None:
    assert call_edge(edge, path).status == 302


@pytest.mark.parametrize(
    "path",
    [
        "/t/nothing",
        "/t/",
        "/t//",
        "/t/' OR 1=1 --",
        "/t/%",
        "/t/_%_",
        "/t/\xff\xfe\x00",
        "/t/\u00e2\u0082\u00ac",
        "/t/" + "a" * 65,
        "/t/" + "a" * 100_000,
        "/t/../login",
    ],
)
def test_unknown_code_is_a_plain_404(edge: Edge, spool: Spool, path: str) -> None:
    answer = call_edge(edge, path)

    assert answer.status == 404
    assert b"leads nowhere" in answer.body
    assert read_spool(spool) == []
    assert int(answer["Content-Length"]) == len(answer.body)


def test_archived_code_is_gone_and_says_whose_it_was(edge: Edge, code: Code, spool: Spool) -> None:
    archive_code(code, SYSTEM)
    db.session.commit()

    answer = call_edge(edge, "/t/menu")
    assert answer.status == 410
    assert "Corner Café" in answer.body.decode()
    assert read_spool(spool) == []


def test_deleted_code_is_unknown(edge: Edge, code: Code) -> None:
    delete_code(code, SYSTEM, code.name)
    db.session.commit()

    assert call_edge(edge, "/t/menu").status == 404


def test_names_of_workspaces_are_escaped(make_edge: MakeEdge, app: Flask) -> None:
    archive_code(make_code(make_workspace(name="<b>Café</b>"), short_code="menu"), SYSTEM)
    db.session.commit()

    body = call_edge(make_edge(), "/t/menu").body
    assert b"<b>" not in body
    assert b"&lt;b&gt;Caf" in body


@pytest.mark.parametrize("path", ["/t/menu", "/t/nothing", "/up", "/"])
def test_no_answer_sets_a_cookie_or_may_be_kept(edge: Edge, path: str) -> None:
    answer = call_edge(edge, path)

    assert "set-cookie" not in {name.lower() for name, _ in answer.headers}
    assert "no-store" in answer["Cache-Control"]


def test_notice_has_no_body_for_head(edge: Edge) -> None:
    answer = call_edge(edge, "/t/nothing", method="HEAD")

    assert (answer.status, answer.body) == (404, b"")
    assert answer["Content-Length"] == call_edge(edge, "/t/nothing")["Content-Length"]


def test_headers_of_any_size_and_content_make_a_line_of_bounded_size(
    edge: Edge, spool: Spool
) -> None:
    answer = call_edge(
        edge,
        "/t/menu",
        "utm_source=" + "%F0%9F%98%80" * 3000 + "&" + "x=y&" * 3000,
        HTTP_USER_AGENT="\xff" * 60_000,
        HTTP_ACCEPT_LANGUAGE="\x01" * 60_000,
        HTTP_REFERER="\u00e9" * 60_000,
        HTTP_SEC_PURPOSE='"' * 60_000,
    )

    (line,) = read_spool(spool)
    assert answer.status == 302
    assert [len(line[name]) for name in ("user_agent", "language", "referrer", "purpose")] == [
        512,
        256,
        512,
        64,
    ]
    assert sum(one.path.stat().st_size for one in spool.segments()) < 10_000


def test_missing_headers_are_empty(edge: Edge, spool: Spool) -> None:
    edge(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/t/menu"},
        lambda *_: None,
    )

    (line,) = read_spool(spool)
    assert (line["address"], line["user_agent"], line["purpose"]) == ("", "", "")


@pytest.mark.parametrize("name", ["HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE"])
def test_purpose_is_read_from_any_of_its_headers(edge: Edge, spool: Spool, name: str) -> None:
    call_edge(edge, "/t/menu", **{name: "prefetch"})

    assert read_spool(spool)[0]["purpose"] == "prefetch"


def test_what_is_no_scan_goes_to_the_application_behind(make_edge: MakeEdge) -> None:
    def behind(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    edge = make_edge(app=behind)
    assert call_edge(edge, "/login").body == b"/login"
    assert call_edge(edge, "/t").body == b"/t"
    assert call_edge(edge, "/t/nothing").status == 404


def test_alone_it_answers_health_checks_and_404(edge: Edge) -> None:
    assert call_edge(edge, "/up").body == b"ok\n"
    assert call_edge(edge, "/login").status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/t/menu.", "/t/menu,", "/t/menu)", '/t/menu"', "/t/menu ", "/t/menu/", "/t/menu/x"),
        *("/t/menu\x00", "/t/menu'; DROP TABLE codes; --"),
        *("/t/menu%20", "/t/menu\u00e2\u0080\u008b", "/t/menu…".encode().decode("latin-1")),
        *("/T/MENU", "/t/MENU", "/t//menu"),
    ],
)
def test_printed_code_leads_somewhere_whatever_a_text_put_around_it(edge: Edge, path: str) -> None:
    """The last of the second line are a zero-width space and an ellipsis, as WSGI hands them on."""
    answer = call_edge(edge, path)
    assert answer["location"] == "https://destination.example/menu?utm_source=print"


@pytest.mark.parametrize("path", ["/t/menu&utm_source=mail", "/t/menu?utm_source=mail"])
@pytest.mark.parametrize("query", ["", "utm_medium=print"])
def test_values_that_are_glued_to_the_code_count(edge: Edge, path: str, query: str) -> None:
    location = call_edge(edge, path, query)["location"]
    assert "utm_source=mail" in location
    assert ("utm_medium=print" in location) is bool(query)


@pytest.mark.parametrize("path", ["/t/.menu", "/t/", "/t/&menu", "/t/%2e", "/tt/menu"])
def test_what_begins_with_no_code_leads_nowhere(edge: Edge, path: str) -> None:
    assert call_edge(edge, path).status == 404


def test_firefox_looks_ahead_in_a_header_of_its_own(edge: Edge, spool: Spool) -> None:
    call_edge(edge, "/t/menu", HTTP_X_MOZ="prefetch")
    assert read_spool(spool)[0]["purpose"] == "prefetch"
