"""A code that asks for a password: the page, what is typed there, and how often."""

import io
import threading
import time
import unicodedata
from urllib.parse import urlencode

import pytest

from pitchbar.codes.models import Code
from pitchbar.core.code_passwords import hash_code_password, verify_code_password
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.password_page import PasswordGate
from pitchbar.scans.spool import Spool
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import MakeEdge, Watch
from tests.scans.edging import EdgeResponse, call_edge, read_spool
from tests.support.factories import make_code

WORD = "Grüße, Hafen & Co."
HASH = hash_code_password(WORD)
TOO_MUCH = b"password=" + b"x" * 5000


@pytest.fixture
def code(workspace: Workspace) -> Code:
    code = make_code(workspace, short_code="menu", utm_source="print")
    code.password_hash, workspace.colour = HASH, "#0f7b5f"
    db.session.commit()
    return code


def type_in(edge: Edge, word: str = WORD, query: str = "", **environ: str) -> EdgeResponse:
    return post(edge, urlencode({"password": word}).encode(), query, **environ)


def post(
    edge: Edge, body: bytes, query: str = "", path: str = "/t/menu", **environ: str
) -> EdgeResponse:
    given = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **environ}
    return call_edge(edge, path, query, "POST", **given)


def test_scan_sees_the_page_and_is_not_counted(edge: Edge, spool: Spool) -> None:
    answer = call_edge(edge, "/t/menu", "utm_source=flyer", HTTP_ACCEPT_LANGUAGE="de-CH")

    page = answer.body.decode()
    assert answer.status == 200
    assert 'lang="de"' in page
    assert 'type="password"' in page
    assert " autofocus" in page
    # To the same address, with its query.
    assert '<form method="post" action="">' in page
    assert "Corner Café" in page
    assert "#0f7b5f" in page
    assert answer["Cache-Control"] == "no-store, private"
    assert not any(name == "Set-Cookie" for name, _ in answer.headers)
    assert read_spool(spool) == []


def test_head_is_told_the_same_without_the_page(edge: Edge, spool: Spool) -> None:
    answer = call_edge(edge, "/t/menu", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer["Content-Length"] == call_edge(edge, "/t/menu")["Content-Length"]
    assert read_spool(spool) == []


def test_right_word_leads_on_with_the_query_and_is_the_scan(edge: Edge, spool: Spool) -> None:
    answer = type_in(edge, query="utm_campaign=spring")

    assert answer.status == 303
    assert answer["Location"] == (
        "https://destination.example/menu?utm_source=print&utm_campaign=spring"
    )
    assert answer["Cache-Control"] == "no-store, private"
    (line,) = read_spool(spool)
    assert (line["method"], line["utm"][2]) == ("GET", "spring")


def test_word_is_the_same_on_every_keyboard(edge: Edge) -> None:
    for form in ("NFC", "NFD"):
        assert type_in(edge, unicodedata.normalize(form, WORD)).status == 303


def test_scan_behind_the_page_is_not_one_from_our_own_pages(edge: Edge) -> None:
    """The form's page would be its referrer, and set it apart."""
    assert call_edge(edge, "/t/menu")["Referrer-Policy"] == "no-referrer"


def test_wrong_word_is_said_at_its_field_and_kept_nowhere(edge: Edge, spool: Spool) -> None:
    answer = type_in(edge, "sesame-open")

    page = answer.body.decode()
    assert answer.status == 422
    assert 'aria-invalid="true" aria-describedby="wrong"' in page
    assert '<p id="wrong" role="alert">That is not the password.' in page
    assert "sesame-open" not in page
    assert read_spool(spool) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"password=",
        b"word=" + WORD.encode(),
        b"\xff\xfe%%%",
        b"&".join(b"password=a" for _ in range(100)),
        b'{"password": "a"}',
        TOO_MUCH,
    ],
)
def test_body_that_is_no_form_of_ours_is_a_wrong_word(edge: Edge, body: bytes) -> None:
    assert post(edge, body).status == 422
    assert post(edge, body, CONTENT_LENGTH="").status == 422
    assert post(edge, body, CONTENT_LENGTH="many").status == 422


@pytest.mark.parametrize("stored", ["nonsense", "$argon2id$v=19$m=1,t=1,p=1$x$y", "ü" * 255])
def test_hash_that_is_none_lets_nobody_in_and_breaks_nothing(
    edge: Edge, code: Code, stored: str
) -> None:
    code.password_hash = stored
    db.session.commit()
    assert call_edge(edge, "/t/menu").status == 200
    assert type_in(edge).status == 422


def test_code_without_a_password_takes_no_form(edge: Edge, code: Code, spool: Spool) -> None:
    code.password_hash = None
    db.session.commit()
    answer = type_in(edge)
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")
    assert call_edge(edge, "/t/menu", method="PUT").status == 405
    assert type_in(edge, "a", REMOTE_ADDR="198.51.100.9").status == 405
    assert post(edge, b"password=a", path="/t/no-such-code").status == 404
    assert read_spool(spool) == []


def test_changed_word_holds_and_the_old_one_is_forgotten(edge: Edge, code: Code) -> None:
    assert type_in(edge).status == 303
    code.password_hash = hash_code_password("another")
    db.session.commit()
    edge._resolve.__self__.invalidate("menu")  # type: ignore[attr-defined]
    assert type_in(edge).status == 422
    assert type_in(edge, "another").status == 303


def test_hall_of_visitors_costs_one_argon2(
    make_edge: MakeEdge, code: Code, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def verify(stored: str, typed: str) -> bool:
        hashed.append(typed)
        return verify_code_password(stored, typed)

    monkeypatch.setattr("pitchbar.scans.password_page.verify_code_password", verify)
    edge = make_edge(passwords=PasswordGate(10, 60))
    call_edge(edge, "/t/menu")
    seen: list[int] = []
    visits = [threading.Thread(target=lambda: seen.append(type_in(edge).status)) for _ in range(40)]
    for visit in visits:
        visit.start()
    for visit in visits:
        visit.join(10)

    assert seen == [303] * 40
    assert hashed == [WORD]
    assert len(read_spool(spool)) == 40


def test_guesses_of_one_address_end_and_the_hall_beside_it_goes_in(
    make_edge: MakeEdge, code: Code, watch: Watch
) -> None:
    edge = make_edge(passwords=PasswordGate(3, 60))
    assert type_in(edge, REMOTE_ADDR="198.51.100.9").status == 303
    assert [type_in(edge, f"guess {n}").status for n in range(5)] == [422, 422, 422, 429, 429]
    # The right one too: else a guess that hits would show.
    answer = type_in(edge)
    assert answer.status == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert b"many wrong passwords" in answer.body
    assert type_in(edge, REMOTE_ADDR="198.51.100.8").status == 303
    watch.now += 60
    assert type_in(edge).status == 303


def test_guesses_from_many_addresses_end_and_known_words_lead_on(
    make_edge: MakeEdge, code: Code, watch: Watch
) -> None:
    edge = make_edge(passwords=PasswordGate(1, 60))
    assert type_in(edge, REMOTE_ADDR="198.51.100.250").status == 303
    statuses = [type_in(edge, "x", REMOTE_ADDR=f"198.51.100.{n}").status for n in range(25)]
    assert statuses == [422] * 20 + [429] * 5
    assert type_in(edge, REMOTE_ADDR="198.51.100.200").status == 303


def test_limit_of_scans_is_taken_by_who_knows_the_word(make_edge: MakeEdge, code: Code) -> None:
    from pitchbar.scans.counting import Counting
    from pitchbar.scans.resolver import Resolver

    code.scan_limit = 2
    db.session.commit()
    counting = Counting()
    edge = make_edge(counting=counting, resolver=Resolver(db.engine, counting=counting))

    assert [call_edge(edge, "/t/menu").status for _ in range(5)] == [200] * 5
    assert [type_in(edge, "wrong").status for _ in range(3)] == [422] * 3
    assert [type_in(edge).status for _ in range(3)] == [303, 303, 410]
    assert call_edge(edge, "/t/menu").status == 410


def test_word_is_checked_in_about_twenty_milliseconds() -> None:
    """Long enough that guessing is slow, short enough that nobody waits."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert not verify_code_password(HASH, "wrong")
        times.append(time.perf_counter() - started)
    assert 0.004 < min(times) < 0.2
