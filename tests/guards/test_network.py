"""Tests talk to this machine only."""

import socket

import pytest

from tests.support.network import NetworkUsed, is_loopback


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443, 0, 0)])
def test_connecting_elsewhere_is_refused(address: tuple[object, ...]) -> None:
    family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
    with socket.socket(family) as connection, pytest.raises(NetworkUsed):
        connection.connect(address)


def test_looking_up_a_name_is_refused() -> None:
    with pytest.raises(NetworkUsed):
        socket.create_connection(("pitchbar.example", 443))


def test_sending_a_datagram_elsewhere_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(NetworkUsed):
        sender.sendto(b"?", ("192.0.2.1", 53))


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost", "0.0.0.0", None])
def test_loopback_is_known(host: str | None) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1.example", "localhost.example", "::2"])
def test_other_machines_are_known(host: str) -> None:
    assert not is_loopback(host)
