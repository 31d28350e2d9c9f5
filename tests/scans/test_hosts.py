"""Whose name stands in a Host header, as it comes: forged, empty, garbage, with a port."""

import pytest

from pitchbar.scans.hosts import NO_NAME, HostNames, read_host

OURS = ("pitchbar.example", "qr.link.example")


@pytest.mark.parametrize(
    "raw",
    [
        "pitchbar.example",
        "PITCHBAR.Example:443",
        "pitchbar.example.",
        "pitchbar.example.:8000",
        "qr.link.example",
        "",
        " ",
        "localhost:8000",
        "web",
        "web:8000",
        "127.0.0.1",
        "203.0.113.9:80",
        "[::1]",
        "[2001:db8::1]:8000",
        "pitchbar.test",
        "printer.local",
        "edge.internal",
    ],
)
def test_our_names_addresses_and_what_the_dns_does_not_know_are_ours(raw: str) -> None:
    assert HostNames(OURS)[raw] == ""


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("go.brand.example", "go.brand.example"),
        ("Go.Brand.Example.:8443", "go.brand.example"),
        ("www.pitchbar.example", "www.pitchbar.example"),
        ("pitchbar.example.evil.example", "pitchbar.example.evil.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("2130706433", "2130706433"),
    ],
)
def test_any_other_public_name_is_not_ours(raw: str, name: str) -> None:
    assert HostNames(OURS)[raw] == name


@pytest.mark.parametrize(
    "raw",
    [
        "b\u00fccher.example",
        "go brand.example",
        "me@go.brand.example",
        "go..example",
        "..",
        "[::1",
        "[nonsense]",
        "[::1]nonsense",
        "go.brand.example/t",
        "%67o.brand.example",
        "\x00",
        "a" * 64 + ".example",
        "a." * 5000 + "example",
        "http://go.brand.example",
        "go.brand.example:http",
        "go.brand.example, pitchbar.example",
    ],
)
def test_what_cannot_be_a_name_is_nobodys(raw: str) -> None:
    assert HostNames(OURS)[raw] == NO_NAME
    assert read_host(raw) == NO_NAME


def test_forged_names_take_no_more_than_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitchbar.scans.hosts._MOST_NAMES", 100)
    names = HostNames(OURS)
    for number in range(1000):
        assert names[f"forged{number}.example"] == f"forged{number}.example"
        assert len(names) <= 100
    assert names["a" * 10_000] == NO_NAME
    assert "a" * 10_000 not in names
    assert names["pitchbar.example"] == ""
