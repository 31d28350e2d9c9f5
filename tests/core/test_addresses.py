"""Whose request it is: nobody outside our proxies has a say in it."""

import pytest

from pitchbar.core.addresses import client_address, limit_key, truncate_address

PEER = "198.51.100.7"


def environ(forwarded: str | None = None) -> dict[str, str]:
    return {"REMOTE_ADDR": PEER} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})


def test_forged_header_is_not_read_without_a_trusted_proxy() -> None:
    assert client_address(environ("203.0.113.5"), 0) == PEER


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.5", 1, "203.0.113.5"),
        ("6.6.6.6, 203.0.113.5", 1, "203.0.113.5"),
        ("6.6.6.6,203.0.113.5 , 10.0.0.2", 2, "203.0.113.5"),
        ("6.6.6.6, 7.7.7.7, 203.0.113.5, 10.0.0.2", 2, "203.0.113.5"),
        ("2001:db8::5", 1, "2001:db8::5"),
        ("2001:0DB8:0:0::5", 1, "2001:db8::5"),
        ("[2001:db8::5]:4711", 1, "2001:db8::5"),
        ("[2001:db8::5]", 1, "2001:db8::5"),
        ("203.0.113.5:4711", 1, "203.0.113.5"),
    ],
)
def test_outermost_trusted_proxy_is_believed(forwarded: str, proxies: int, address: str) -> None:
    assert client_address(environ(forwarded), proxies) == address


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "203.0.113.5.6", "a, b", "<script>"])
def test_without_a_usable_entry_it_is_the_peer(forwarded: str | None) -> None:
    assert client_address(environ(forwarded), 1) == PEER


def test_too_few_entries_mean_that_a_proxy_was_passed_by() -> None:
    assert client_address(environ("6.6.6.6"), 2) == PEER


def test_request_without_a_peer_has_no_address() -> None:
    assert client_address({}, 0) == ""


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("no address", None),
        ("", None),
    ],
)
def test_only_the_network_is_kept(address: str, kept: str | None) -> None:
    assert truncate_address(address) == kept


def test_one_household_is_one_key() -> None:
    assert limit_key("2001:db8:1:2:3::4") == limit_key("2001:db8:1:2:ffff::1")
    assert limit_key("2001:db8:1:2::1") != limit_key("2001:db8:1:3::1")


def test_mapped_address_is_the_same_visitor() -> None:
    assert limit_key("::ffff:203.0.113.77") == limit_key("203.0.113.77") == "203.0.113.77"


def test_each_ipv4_address_has_its_own_key() -> None:
    assert limit_key("203.0.113.77") != limit_key("203.0.113.78")
