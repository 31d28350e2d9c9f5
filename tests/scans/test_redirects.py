"""Where a scan is sent: pure functions, so plain addresses."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import Utm
from pitchbar.scans.redirects import ResolvedCode, build_location

PLAIN = Utm()
PRINT = Utm("print", "qr", "spring")


def make(
    destination: str = "https://a.example/menu", defaults: Utm = PLAIN, forward: bool = False
) -> ResolvedCode:
    location, utm = set_utm(destination, defaults, [])
    return ResolvedCode(1, 1, "UTC", "Café", True, destination, defaults, forward, location, utm)


@pytest.mark.parametrize(
    ("destination", "default", "incoming", "source"),
    [
        ("https://a.example/", "", "", ""),
        ("https://a.example/?utm_source=site", "", "", "site"),
        ("https://a.example/?utm_source=site", "poster", "", "poster"),
        ("https://a.example/?utm_source=site", "", "utm_source=mail", "mail"),
        ("https://a.example/?utm_source=site", "poster", "utm_source=mail", "mail"),
        ("https://a.example/", "poster", "", "poster"),
        ("https://a.example/", "poster", "utm_source=mail", "mail"),
        ("https://a.example/", "", "utm_source=mail", "mail"),
        # Empty is as good as missing.
        ("https://a.example/", "poster", "utm_source=", "poster"),
        ("https://a.example/?utm_source=", "poster", "", "poster"),
        ("https://a.example/?utm_source=", "", "", ""),
        # Of several, the first that says something.
        ("https://a.example/", "", "utm_source=&utm_source=b&utm_source=c", "b"),
        ("https://a.example/?utm_source=a&utm_source=b", "", "", "a"),
        # Names as people and programs write them.
        ("https://a.example/", "", "UTM_Source=mail", "mail"),
        ("https://a.example/", "", "utm%5Fsource=mail", "mail"),
        ("https://a.example/?utm%5Fsource=site", "", "utm_source=mail", "mail"),
    ],
)
def test_incoming_beats_default_beats_destination(
    destination: str, default: str, incoming: str, source: str
) -> None:
    code = make(destination, Utm(default))

    location, utm = build_location(code, incoming)

    assert utm[0] == source
    seen = [value for name, value in parse_qsl(urlsplit(location).query) if name == "utm_source"]
    assert seen[:1] == ([source] if source else [])


def test_each_value_is_decided_by_itself() -> None:
    code = make("https://a.example/?utm_source=site&utm_term=t", Utm("", "qr", "spring"))

    location, utm = build_location(code, "utm_campaign=summer&utm_content=blue")

    assert utm == ("site", "qr", "summer", "t", "blue")
    assert location == (
        "https://a.example/?utm_source=site&utm_term=t"
        "&utm_medium=qr&utm_campaign=summer&utm_content=blue"
    )


def test_all_else_in_the_destination_stays_byte_for_byte() -> None:
    destination = (
        "https://a.example/p%C3%A4th;v=1?b=2&a=%2F&a=+x&&flag&utm_source=old&z=%zz#/app?x=1"
    )

    location, _ = build_location(make(destination, PRINT), "")

    assert location == (
        "https://a.example/p%C3%A4th;v=1?b=2&a=%2F&a=+x&&flag&utm_source=print&z=%zz"
        "&utm_medium=qr&utm_campaign=spring#/app?x=1"
    )


@pytest.mark.parametrize(
    "destination",
    [
        "https://a.example",
        "https://a.example/",
        "https://a.example/?",
        "https://a.example/?#",
        "https://a.example/#top",
        "https://a.example/?a&b=&c=1&",
        "https://a.example/?utm_source=x&utm_source=y",
    ],
)
def test_without_any_utm_the_destination_is_untouched(destination: str) -> None:
    assert build_location(make(destination), "")[0] == destination
    assert make(destination).location == destination


def test_repeated_name_in_the_destination_is_replaced_once() -> None:
    location, utm = build_location(
        make("https://a.example/?utm_source=a&x=1&utm_source=b"), "utm_source=c"
    )

    assert location == "https://a.example/?utm_source=c&x=1"
    assert utm[0] == "c"


@pytest.mark.parametrize(
    ("incoming", "value", "written"),
    [
        ("utm_source=summer%20sale", "summer sale", "summer%20sale"),
        ("utm_source=summer+sale", "summer sale", "summer%20sale"),
        ("utm_source=caf%C3%A9", "café", "caf%C3%A9"),
        ("utm_source=a%26b%3Dc%23d", "a&b=c#d", "a%26b%3Dc%23d"),
        ("utm_source=%zz", "%zz", "%25zz"),
        # Bytes that are no UTF-8 become the sign for that, and the answer stays valid.
        ("utm_source=%ff%fe", "\ufffd\ufffd", "%EF%BF%BD%EF%BF%BD"),
        # Not escaped by the client: WSGI hands on the bytes as Latin-1.
        ("utm_source=caf\u00c3\u00a9", "café", "caf%C3%A9"),
        ("utm_source=a b", "a b", "a%20b"),
        ("utm_source=%00", "\x00", "%00"),
    ],
)
def test_values_are_decoded_for_us_and_encoded_for_the_destination(
    incoming: str, value: str, written: str
) -> None:
    location, utm = build_location(make(), incoming)

    assert utm[0] == value
    assert location == f"https://a.example/menu?utm_source={written}"


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize(
    "attack",
    ["utm_source=a%0d%0aSet-Cookie:x=1", "x=%0d%0aSet-Cookie:x=1", "x=\r\nSet-Cookie: x", "\n=1"],
)
def test_nothing_breaks_out_of_the_header(attack: str, forward: bool) -> None:
    location, _ = build_location(make(forward=forward), attack)

    assert location.isascii()
    assert location.isprintable()
    assert " " not in location


def test_very_long_values_are_cut_at_255_characters() -> None:
    location, utm = build_location(make(), "utm_source=" + "ab" * 4000)

    assert utm[0] == "ab" * 127 + "a"
    assert location.endswith("=" + utm[0])


def test_location_too_long_to_follow_is_sent_without_what_the_visitor_added() -> None:
    code = make(defaults=PRINT)
    emoji = "%F0%9F%98%80" * 255

    names = ("source", "medium", "campaign", "term", "content")
    location, utm = build_location(code, "&".join(f"utm_{name}={emoji}" for name in names))

    assert location == code.location
    assert utm == PRINT


def test_other_parameters_stay_here_unless_the_code_forwards_them() -> None:
    assert build_location(make(), "ref=x&utm_source=mail")[0] == (
        "https://a.example/menu?utm_source=mail"
    )
    assert build_location(make(forward=True), "ref=x&b=%20&ref=y&flag&utm_source=mail")[0] == (
        "https://a.example/menu?utm_source=mail&ref=x&b=%20&ref=y&flag"
    )


def test_forwarded_parameter_never_replaces_one_of_the_destination() -> None:
    code = make("https://a.example/?table=4", forward=True)

    assert build_location(code, "table=9&seat=1")[0] == "https://a.example/?table=4&seat=1"


def test_too_many_forwarded_parameters_are_dropped_and_the_utm_values_kept() -> None:
    code = make(forward=True)

    location, utm = build_location(code, "utm_source=mail&x=" + "y" * 9000)

    assert location == "https://a.example/menu?utm_source=mail"
    assert utm[0] == "mail"
