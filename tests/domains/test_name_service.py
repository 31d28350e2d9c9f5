"""What the DNS is asked, by a real server that behaves as badly as some do."""

import time

import pytest

from pitchbar.clients.name_service import NameService, NoAnswer, NoSuchName, Refused, Target
from pitchbar.core.name_servers import read_server
from tests.fakes.dns import FakeDns

NAME = "_pitchbar.go.brand.example"


def ask(dns: FakeDns, name: str = NAME) -> list[str]:
    return NameService([dns.address], seconds=0.6).read_texts(name)


def test_records_are_read_whole_and_as_they_are(dns: FakeDns) -> None:
    dns.set(NAME, "TXT", "pitchbar-verification=abc", "ö" * 3, "x" * 700)

    assert sorted(ask(dns)) == sorted(["pitchbar-verification=abc", "ö" * 3, "x" * 700])


def test_name_without_such_records_has_none(dns: FakeDns) -> None:
    dns.set(NAME, "A", "192.0.2.1")

    assert ask(dns) == []


def test_name_that_does_not_exist_is_certain(dns: FakeDns) -> None:
    with pytest.raises(NoSuchName):
        ask(dns)


def test_silence_is_given_up_in_time(dns: FakeDns) -> None:
    dns.manners[NAME] = "silent"
    started = time.monotonic()

    with pytest.raises(NoAnswer):
        ask(dns)
    assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("manner", ["servfail", "refused"])
def test_error_of_the_server_says_nothing_of_the_name(dns: FakeDns, manner: str) -> None:
    dns.manners[NAME] = manner  # type: ignore[assignment]  # one of them

    with pytest.raises(Refused):
        ask(dns)


@pytest.mark.parametrize("manner", ["nonsense", "wrong id", "other name"])
def test_what_answers_another_question_is_not_believed(dns: FakeDns, manner: str) -> None:
    dns.set(NAME, "TXT", "pitchbar-verification=abc")
    dns.set("other.example", "TXT", "pitchbar-verification=abc")
    dns.manners[NAME] = manner  # type: ignore[assignment]  # one of them

    with pytest.raises((NoAnswer, Refused)):
        ask(dns)


def test_a_thousand_records_come_over_tcp(dns: FakeDns) -> None:
    dns.set(NAME, "TXT", *(f"record number {number}" for number in range(1000)))

    assert len(NameService([dns.address]).read_texts(NAME)) == 1000
    assert {protocol for _, _, protocol in dns.asked} == {"udp", "tcp"}


def test_server_that_is_not_there_is_no_answer() -> None:
    with pytest.raises((NoAnswer, Refused)):
        NameService(["127.0.0.1:1"], seconds=0.3).read_texts(NAME)


def test_target_is_the_aliases_on_the_way_and_the_addresses_at_the_end(dns: FakeDns) -> None:
    dns.set("go.brand.example", "CNAME", "pitchbar.example")
    dns.set("pitchbar.example", "A", "192.0.2.2", "192.0.2.1")
    dns.set("pitchbar.example", "AAAA", "2001:db8::1")
    found = NameService([dns.address]).find_target("go.brand.example")

    assert found == Target(("pitchbar.example",), ("192.0.2.1", "192.0.2.2", "2001:db8::1"))


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_server_is_named_with_or_without_a_port(text: str, server: tuple[str, int]) -> None:
    assert read_server(text) == server


@pytest.mark.parametrize("text", ["", "ns.example", "192.0.2.1:0", "192.0.2.1:70000", "192.0.2:53"])
def test_server_without_an_address_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="must be addresses"):
        read_server(text)
