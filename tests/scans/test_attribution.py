"""The token that a destination gets, and where it is put."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.accepted import NO_WAY, Way, new_scan_id
from pitchbar.scans.attribution import (
    ExpiredToken,
    TokenCipher,
    UnreadableToken,
    put_token,
)
from pitchbar.scans.edge import Edge
from pitchbar.scans.redirects import MAX_LOCATION
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from tests.scans.edging import call_edge, read_spool

MakeEdge = Callable[..., Edge]
KEY, EARLIER = "a key that is long enough for this", "what the key was before this one"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BIGGEST = 2**48 - 1


def write(cipher: TokenCipher, at: datetime = NOW, code_id: int = 42, way: Way = NO_WAY) -> str:
    return cipher.write(new_scan_id(round(at.timestamp() * 1000), 7 << 60), code_id, 3, way)


@pytest.mark.parametrize("way", [NO_WAY, Way(9, 0), Way(9, -1), Way(BIGGEST, 9)])
def test_token_tells_all_that_it_was_given(way: Way) -> None:
    cipher = TokenCipher(KEY)
    scan_id = new_scan_id(round(NOW.timestamp() * 1000), 123_456_789)
    token = cipher.write(scan_id, BIGGEST, 3, way)
    found = cipher.read(token, NOW)
    assert found.scan_id.hex == scan_id
    assert found.scanned_at == NOW
    assert (found.code_id, found.workspace_id) == (BIGGEST, 3)
    assert (found.rule_id, found.variant) == (way.rule_id, way.variant)


def test_token_is_short_url_safe_and_tells_nothing_to_others() -> None:
    tokens = {write(TokenCipher(KEY), NOW + timedelta(seconds=n)) for n in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        assert len(token) < 80
        assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    # Two scans of one code, one after the other, have nothing but the key's name in common.
    first, second, *_ = sorted(tokens)
    assert sum(a == b for a, b in zip(first[2:], second[2:], strict=True)) < 15


def test_changed_truncated_and_invented_tokens_are_refused() -> None:
    cipher = TokenCipher(KEY)
    token = write(cipher)
    swapped = {"A": "B"}
    forged = [token[:n] + swapped.get(token[n], "A") + token[n + 1 :] for n in range(len(token))]
    others = ["", " ", token[:-1], token + "A", token.lower(), "A" * 71, "é" * 71, token + "="]
    for one in [*forged, *others, write(TokenCipher("somebody else's key, long enough"))]:
        if one != token:
            with pytest.raises(UnreadableToken):
                cipher.read(one, NOW)


def test_token_ends_after_its_days_and_does_not_come_from_the_future() -> None:
    cipher = TokenCipher(KEY, days=30)
    assert cipher.read(write(cipher), NOW + timedelta(days=30))
    for at in (NOW + timedelta(days=30, seconds=1), NOW - timedelta(minutes=6)):
        with pytest.raises(ExpiredToken):
            cipher.read(write(cipher), at)


def test_tokens_of_an_earlier_key_are_read_and_new_ones_written_under_the_present() -> None:
    before, after = TokenCipher(EARLIER), TokenCipher(KEY, ["another one before that", EARLIER])
    assert after.read(write(before), NOW).code_id == 42
    with pytest.raises(UnreadableToken):
        before.read(write(after), NOW)
    with pytest.raises(UnreadableToken):
        TokenCipher(KEY).read(write(before), NOW)


def test_keys_whose_names_are_the_same_are_told_apart() -> None:
    # One byte names a key, so among some hundred there are two of one name.
    earlier = [f"an earlier key, number {n}" for n in range(300)]
    cipher = TokenCipher(KEY, earlier)
    for key in earlier[::30]:
        assert cipher.read(write(TokenCipher(key), code_id=5), NOW).code_id == 5


def test_threads_share_a_cipher() -> None:
    cipher, wrong = TokenCipher(KEY), list[int]()

    def use(code_id: int) -> None:
        for _ in range(300):
            if cipher.read(write(cipher, code_id=code_id), NOW).code_id != code_id:
                wrong.append(code_id)

    threads = [threading.Thread(target=use, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://a.example", "https://a.example?pb_at=T"),
        ("https://a.example/#top", "https://a.example/?pb_at=T#top"),
        ("https://a.example/?", "https://a.example/?pb_at=T"),
        ("https://a.example/?b=1&utm_source=x#t?u=1", "https://a.example/?b=1&utm_source=x&pb_at=T#t?u=1"),
        ("https://a.example/?pb_at=old&b=%20", "https://a.example/?b=%20&pb_at=T"),
        ("https://a.example/?b=1&pb%5Fat=old&pb_at", "https://a.example/?b=1&pb_at=T"),
        ("https://a.example/?%70b_at=old&b=1", "https://a.example/?b=1&pb_at=T"),
        ("https://a.example/?xpb_at=1&b=pb_at", "https://a.example/?xpb_at=1&b=pb_at&pb_at=T"),
    ],
)  # fmt: skip
def test_token_stands_behind_the_query_and_before_the_fragment(
    location: str, expected: str
) -> None:
    assert put_token(location, "T") == expected


def test_token_is_left_out_where_the_address_would_be_too_long() -> None:
    long = f"https://a.example/?b={'x' * (MAX_LOCATION - 60)}#end"
    assert put_token(long, "T" * 71) == long
    assert put_token("https://a.example/?pb_at=old", "") == "https://a.example/"


@pytest.fixture
def attributed(make_edge: MakeEdge, code: Code, settings: Settings) -> Edge:
    code.destination_url = "https://shop.example/menu?pb_at=mine&table=4#wine"
    code.attribution = True
    code.forward_parameters = True
    db.session.commit()
    return make_edge(tokens=TokenCipher(settings.app_key))


def test_destination_gets_the_token_of_its_scan(
    attributed: Edge, code: Code, spool: Spool, settings: Settings
) -> None:
    found = call_edge(attributed, "/t/menu", "pb_at=forged&seat=2")["Location"]
    before, _, token = found.partition("#")[0].rpartition("&pb_at=")
    assert before == "https://shop.example/menu?table=4&utm_source=print&seat=2"
    assert found.endswith("#wine")
    (line,) = read_spool(spool)
    read = TokenCipher(settings.app_key).read(token, clock.now())
    assert read.scan_id.hex == line["id"]
    assert (read.code_id, read.workspace_id) == (code.id, code.workspace_id)


def test_destination_of_other_codes_stays_as_it_is(
    attributed: Edge, code: Code, make_edge: MakeEdge, app: Flask, settings: Settings
) -> None:
    code.attribution = False
    # Something else is asked of its scans.
    code.ends_at = clock.now() + timedelta(days=1)
    db.session.commit()
    edge = make_edge(tokens=TokenCipher(settings.app_key))
    assert call_edge(edge, "/t/menu")["Location"].startswith("https://shop.example/menu?pb_at=mine")


def test_scan_is_led_on_where_an_id_fits_into_no_token(attributed: Edge, monkeypatch: Any) -> None:
    monkeypatch.setattr("pitchbar.scans.attribution._ID", 0)
    assert "pb_at" not in call_edge(attributed, "/t/menu")["Location"]
