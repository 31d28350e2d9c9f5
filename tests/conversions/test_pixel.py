"""What the pixel answers, and what it keeps."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from pitchbar.codes.models import Code
from pitchbar.conversions.keys import TOPIC, PixelKeys
from pitchbar.conversions.pixel import GIF
from pitchbar.conversions.pixel_script import FILE
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.scans.accepted import Way
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.limits import AddressLimit
from pitchbar.workspaces.models import Workspace
from tests.conversions.calling import Caller, make_token
from tests.support.factories import make_code, make_workspace


def test_picture_is_43_bytes_for_any_origin_and_sets_no_cookie(
    caller: Caller, workspace: Workspace
) -> None:
    answer = caller.tell(workspace.pixel_key)
    assert (answer.status, answer.body, len(GIF)) == (200, GIF, 43)
    assert (answer["Content-Type"], answer["Content-Length"]) == ("image/gif", "43")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "set-cookie" not in answer.names()


def test_call_is_kept_with_the_way_of_its_scan(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    token = make_token(tokens, code, way=Way(7, 1))
    values = {"event": " purchase ", "value": "12.50", "currency": "eur", "order_id": "Ä-17"}
    caller.tell(workspace.pixel_key, pb_at=token, **values)
    (line,) = caller.lines()
    facts = line.facts
    assert facts.scan_id == tokens.read(token, clock.now()).scan_id.hex
    assert (facts.workspace_id, facts.code_id) == (workspace.id, code.id)
    assert (facts.rule_id, facts.variant) == (7, 1)
    assert (facts.event, facts.order_id) == ("purchase", "Ä-17")
    assert (facts.value_minor, facts.currency) == (1250, "EUR")
    assert (facts.time_zone, facts.source, facts.key) == ("Europe/Zurich", "pixel", "")
    assert facts.reason == ""


def test_beacon_is_heard_by_its_address_and_by_its_form(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    path, form = f"/p/{workspace.pixel_key}.gif", urlencode({"pb_at": make_token(tokens, code)})
    by_address = caller.call(path, f"{form}&event=a", "POST")
    by_form = caller.call(path, "", "POST", body=f"{form}&event=b".encode())
    assert (by_address.status, by_form.status, by_form.body) == (204, 204, b"")
    assert "content-type" not in by_form.names()
    assert [line.facts.event for line in caller.lines()] == ["a", "b"]


def test_letters_that_nobody_escaped_are_read_as_they_were_sent(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    raw = f"pb_at={make_token(tokens, code)}&event=Tisch-für-4%C3%BC".encode()
    path = f"/p/{workspace.pixel_key}.gif"
    caller.call(path, raw.decode("latin-1"))
    caller.call(path, "", "POST", body=raw)
    assert [line.facts.event for line in caller.lines()] == ["Tisch-für-4ü"] * 2


def test_who_only_looks_tells_of_nothing(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    query = urlencode({"pb_at": make_token(tokens, code), "event": "purchase"})
    path = f"/p/{workspace.pixel_key}.gif"
    head, preflight = caller.call(path, query, "HEAD"), caller.call(path, query, "OPTIONS")
    assert (head.status, head["Content-Length"], head.body) == (200, "43", b"")
    assert preflight.status == 204
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert caller.call(path, query, "DELETE").status == 405
    assert caller.lines() == []


@pytest.mark.parametrize(
    "path", ["/p/px_%s.gif" % ("0" * 24), "/p/.gif", "/p/../x.gif", "/p/é.gif"]
)
def test_unknown_key_gets_the_same_picture_and_is_not_heard(
    caller: Caller, code: Code, tokens: TokenCipher, path: str
) -> None:
    query = urlencode({"pb_at": make_token(tokens, code), "event": "purchase"})
    answer = caller.call(path, query)
    assert (answer.status, answer.body) == (200, GIF)
    assert caller.lines() == []


def test_what_is_neither_pixel_nor_script_is_answered_behind(caller: Caller) -> None:
    assert [caller.call(path).body for path in ("/", "/p/x", "/pixel.jsx", "/up")] == [
        b"behind"
    ] * 4


REFUSED = {
    "no_token": {"pb_at": ""},
    "unreadable_token": {"pb_at": "A" * 71},
    "event": {"event": ""},
    "value": {"value": "much"},
    "negative_value": {"value": "-1"},
    "huge_value": {"value": "9" * 30},
    "fraction": {"value": "1.234"},
    "no_currency": {"currency": ""},
    "unknown_currency": {"currency": "XXX"},
    "order_id": {"order_id": "x" * 129},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_call_in_which_something_is_wrong_is_told_and_never_stored(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace, reason: str
) -> None:
    right = {
        "pb_at": make_token(tokens, code),
        "event": "purchase",
        "value": "1",
        "currency": "EUR",
        "order_id": "7",
    }
    answer = caller.tell(workspace.pixel_key, **(right | REFUSED[reason]))
    assert answer.body == GIF
    (line,) = caller.lines()
    assert line.facts.reason == reason
    assert (line.facts.workspace_id, line.facts.scan_id) == (workspace.id, "")


@pytest.mark.parametrize("cut", [1, 20, 70])
def test_truncated_token_is_refused(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace, cut: int
) -> None:
    caller.tell(workspace.pixel_key, pb_at=make_token(tokens, code)[:-cut], event="a")
    assert caller.lines()[0].facts.reason == "unreadable_token"


def test_expired_token_is_refused(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    old = make_token(tokens, code, clock.now() - timedelta(days=30, minutes=1))
    caller.tell(workspace.pixel_key, pb_at=old, event="a")
    assert caller.lines()[0].facts.reason == "expired_token"


def test_token_of_another_workspace_is_refused(
    caller: Caller, tokens: TokenCipher, workspace: Workspace
) -> None:
    other = make_code(make_workspace(name="Somebody else"))
    caller.tell(workspace.pixel_key, pb_at=make_token(tokens, other), event="a")
    (line,) = caller.lines()
    assert (line.facts.reason, line.facts.workspace_id) == ("foreign_token", workspace.id)


def test_monstrous_calls_are_answered_and_bounded(caller: Caller, workspace: Workspace) -> None:
    path = f"/p/{workspace.pixel_key}.gif"
    for query in (
        "&".join(f"a{n}=1" for n in range(10_000)),
        "event=" + "x" * 100_000,
        "%ff%00=&;",
    ):
        assert caller.call(path, query).body == GIF
    big = {"CONTENT_LENGTH": "99999999999999999999"}
    assert caller.call(path, "", "POST", body=b"x" * 20_000).status == 204
    assert caller.call(path, "", "POST", **big).status == 204
    assert {len(line.line) < 500 for line in caller.lines()} == {True}


def test_burst_is_kept_as_a_whole(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace
) -> None:
    caller.limit = AddressLimit("pixel", 600, 60)
    path, query = f"/p/{workspace.pixel_key}.gif", f"pb_at={make_token(tokens, code)}&event=a"
    for number in range(2000):
        address = f"198.51.{number % 100}.{number // 100}"
        assert caller.call(path, query, REMOTE_ADDR=address).status == 200
    assert len({line.id for line in caller.lines()}) == 2000


def test_address_that_calls_too_often_is_told_to_wait(caller: Caller, workspace: Workspace) -> None:
    caller.limit = AddressLimit("pixel", 3, 60)
    answers = [caller.tell(workspace.pixel_key) for _ in range(5)]
    assert [one.status for one in answers] == [200, 200, 200, 429, 429]
    assert (answers[-1].body, int(answers[-1]["Retry-After"]) > 0) == (GIF, True)
    assert caller.call("/pixel.js").status == 200
    assert len(caller.lines()) == 3


def test_call_while_the_database_is_away_is_kept_with_its_key(
    caller: Caller, code: Code, tokens: TokenCipher, workspace: Workspace, engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    known, unknown = workspace.pixel_key, make_workspace(name="New here").pixel_key
    call = {"pb_at": make_token(tokens, code), "event": "a"}
    caller.tell(known, **call)
    monkeypatch.setattr(engine, "connect", _refuse)
    later = clock.now().timestamp() + 3600
    monkeypatch.setattr("pitchbar.conversions.keys.time.monotonic", lambda: later)
    assert {caller.tell(key, **call).status for key in (known, unknown)} == {200}
    first, second, third = caller.lines()
    assert (first.facts.key, second.facts.key, third.facts.key) == ("", "", unknown)
    assert (third.facts.workspace_id, third.facts.reason) == (workspace.id, "")


def _refuse() -> None:
    raise ConnectionError("the database is gone")


def test_key_that_was_removed_is_forgotten_as_soon_as_the_bus_tells(
    engine: Engine, workspace: Workspace
) -> None:
    bus, keys, key = Bus(), PixelKeys(engine), str(workspace.pixel_key)
    keys.listen(bus)
    assert keys.find(key)
    workspace.pixel_key = "px_" + "d" * 24
    db.session.commit()
    assert keys.find(key)
    bus.publish(TOPIC, {"key": key})
    assert keys.find(key) is None


def test_script_is_small_cached_and_open_to_any_origin(caller: Caller) -> None:
    plain, packed = caller.call("/pixel.js"), caller.call("/pixel.js", HTTP_ACCEPT_ENCODING="gzip")
    assert plain.body == FILE.read_bytes()
    assert packed["Content-Encoding"] == "gzip"
    # What every page of a customer loads.
    assert len(packed.body) < 1000
    assert "max-age" in packed["Cache-Control"]
    assert packed["Access-Control-Allow-Origin"] == "*"
    again = caller.call("/pixel.js", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=packed["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert caller.call("/pixel.js", method="HEAD").body == b""
    assert caller.call("/pixel.js", method="POST").status == 405
