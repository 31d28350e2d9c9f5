import pytest

from pitchbar.clients.outbound import OutboundClient, OutboundError, refuse_url
from pitchbar.clients.outbound_addresses import is_public, read_redirect, read_target
from tests.clients import hostile


class Connected(Exception):
    """A connection would have been made."""


def connect(address: str, port: int, seconds: float) -> None:
    raise Connected(address)


def client(*answers: list[str]) -> OutboundClient:
    """One that gets these answers of the DNS, the last for ever."""
    left = list(answers)
    return OutboundClient(
        resolve=lambda host, port: left.pop(0) if len(left) > 1 else left[0],
        connect=connect,  # type: ignore[arg-type]  # it never connects
    )


def outcome(url: str, addresses: list[str]) -> str:
    try:
        client(addresses).send("POST", url)
    except OutboundError as error:
        return error.kind
    except Connected:
        return "connected"
    return "answered"


@pytest.mark.parametrize("url", hostile.URLS)
def test_no_hostile_address_is_asked(url: str) -> None:
    assert outcome(url, ["127.0.0.1"]) in ("bad_url", "refused_address")
    assert refuse_url(url).endswith(".")


@pytest.mark.parametrize("addresses", hostile.ANSWERS)
def test_no_answer_of_a_resolver_leads_to_an_inner_address(addresses: list[str]) -> None:
    expected = "refused_address" if addresses else "dns"
    assert outcome("https://hooks.example.com/", addresses) == expected


def test_enough_is_tried() -> None:
    assert len(hostile.URLS) + len(hostile.ANSWERS) >= 300


@pytest.mark.parametrize("url", hostile.PUBLIC_URLS)
def test_a_public_address_is_asked(url: str) -> None:
    assert refuse_url(url) == ""
    host = read_target(url).host
    answer = host if is_public(host) else "93.184.215.14"
    with pytest.raises(Connected, match=answer.replace(".", r"\.")):
        client([answer]).send("GET", url)


def test_no_public_address_is_refused() -> None:
    assert [one for one in hostile.PUBLIC_ADDRESSES if not is_public(one)] == []


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/next", "https://example.com:8443/next"),
        ("?a=1", "https://example.com:8443/from?a=1"),
        ("//other.example.com/x", "https://other.example.com/x"),
        ("http://example.com/plain", "http://example.com/plain"),
        (" https://example.com/ ", "https://example.com/"),
        ("../ü", "https://example.com:8443/%C3%BC"),
    ],
)
def test_a_redirect_is_read_as_browsers_read_it(location: str, leads_to: str) -> None:
    assert read_redirect(location, "https://example.com:8443/from").url == leads_to


@pytest.mark.parametrize("location", [*hostile.URLS, "http://[", "https://exa mple.com"])
def test_a_redirect_leads_to_no_hostile_address(location: str) -> None:
    """What has no scheme of its own leads on within the site that was asked."""
    try:
        target = read_redirect(location, "https://example.com/from")
    except OutboundError:
        return
    assert target.host in ("example.com", "1.2.3.0", "a.com")


def test_an_allowed_pair_is_asked_and_no_other_port_of_it() -> None:
    allow = frozenset({"127.0.0.1:9000", "[::1]:9000", "localhost:9000"})
    for host in ("127.0.0.1", "[::1]", "localhost"):
        assert refuse_url(f"http://{host}:9000/", allow) == ""
        assert refuse_url(f"http://{host}:9001/", allow) != ""
    with pytest.raises(Connected):
        client(["127.0.0.1"]).send("GET", "http://localhost:9000/", allow=allow)


def test_the_name_is_resolved_once_and_that_very_address_connected_to() -> None:
    with pytest.raises(Connected, match=r"93\.184\.215\.14"):
        client(["93.184.215.14"], ["127.0.0.1"]).send("GET", "http://hooks.example.com/")
