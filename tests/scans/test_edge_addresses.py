"""Whose scan it is, and how many one address may make."""

import pytest

from pitchbar.codes.models import Code
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.spool import Spool
from tests.scans.conftest import MakeEdge
from tests.scans.edging import PEER, call_edge, read_spool


def test_busy_address_is_told_when_to_come_back(
    make_edge: MakeEdge, code: Code, spool: Spool
) -> None:
    edge = make_edge(limit=AddressLimit("t", 3, 3600))

    answers = [call_edge(edge, "/t/menu") for _ in range(5)]
    assert [answer.status for answer in answers] == [302, 302, 302, 429, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert len(read_spool(spool)) == 3
    assert call_edge(edge, "/t/menu", REMOTE_ADDR="203.0.113.9").status == 302


def test_one_household_has_one_limit_whatever_its_addresses(
    make_edge: MakeEdge, code: Code
) -> None:
    edge = make_edge(limit=AddressLimit("t", 2, 3600))

    household = [
        call_edge(edge, "/t/menu", REMOTE_ADDR=f"2001:db8:1:2::{n}").status for n in range(1, 5)
    ]
    assert household == [302, 302, 429, 429]
    assert call_edge(edge, "/t/menu", REMOTE_ADDR="2001:db8:1:3::1").status == 302


FORGED = "6.6.6.6, 203.0.113.5, 10.0.0.2"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, FORGED, PEER),
        (1, FORGED, "10.0.0.2"),
        (2, FORGED, "203.0.113.5"),
        (2, "203.0.113.5", PEER),
        (1, "not an address", PEER),
        (1, "6.6.6.6\x00", PEER),
        (1, "", PEER),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "6.6.6.6, 203.0.113.5:4711", "203.0.113.5"),
        (1, "[::ffff:203.0.113.5]:4711", "203.0.113.5"),
    ],
)
def test_address_is_what_our_proxies_saw(
    make_edge: MakeEdge, code: Code, spool: Spool, proxies: int, forwarded: str, address: str
) -> None:
    edge = make_edge(trusted_proxies=proxies)

    call_edge(edge, "/t/menu", HTTP_X_FORWARDED_FOR=forwarded)
    assert read_spool(spool)[0]["address"] == address


@pytest.mark.parametrize("proxies", [0, 1])
def test_forged_header_does_not_evade_the_limit(
    make_edge: MakeEdge, code: Code, proxies: int
) -> None:
    edge = make_edge(limit=AddressLimit("t", 2, 3600), trusted_proxies=proxies)

    statuses = [
        call_edge(edge, "/t/menu", HTTP_X_FORWARDED_FOR=f"6.6.6.{n}, 203.0.113.5").status
        for n in range(4)
    ]
    assert statuses == [302, 302, 429, 429]


def test_changing_ports_do_not_evade_the_limit(make_edge: MakeEdge, code: Code) -> None:
    edge = make_edge(limit=AddressLimit("t", 2, 3600), trusted_proxies=1)

    statuses = [
        call_edge(edge, "/t/menu", HTTP_X_FORWARDED_FOR=f"203.0.113.5:{4000 + n}").status
        for n in range(4)
    ]
    assert statuses == [302, 302, 429, 429]


def test_a_mapped_peer_is_the_same_visitor(make_edge: MakeEdge, code: Code, spool: Spool) -> None:
    edge = make_edge(limit=AddressLimit("t", 1, 3600))

    peers = ("8.8.8.8", "::ffff:8.8.8.8")
    assert [call_edge(edge, "/t/menu", REMOTE_ADDR=peer).status for peer in peers] == [302, 429]
    call_edge(make_edge(), "/t/menu", REMOTE_ADDR="::ffff:8.8.8.8")
    assert {line["address"] for line in read_spool(spool)} == {"8.8.8.8"}
