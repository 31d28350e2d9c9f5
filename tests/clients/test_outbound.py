"""The guarded client against servers that are really there."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore
import pytest

from pitchbar.clients.outbound import OutboundAnswer, OutboundClient, OutboundError, send
from pitchbar.clients.outbound_connections import system_connect
from tests.support import certificates
from tests.support.faulty_servers import (
    FaultyServer,
    answer,
    drip,
    faulty_server,
    hang,
    pour,
    say,
)

PUBLIC = "93.184.215.14"
HOST = "hooks.example.com"


def public_client(server: FaultyServer, *answers: list[str]) -> OutboundClient:
    """The server stands where the public address is; what is connected to by another address is
    that address. The DNS gives these answers, one each time.
    """
    left = list(answers) or [[PUBLIC]]

    def connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        if address == PUBLIC:
            return system_connect("127.0.0.1", server.port, seconds)
        return system_connect(address, port, seconds)

    return OutboundClient(
        resolve=lambda host, port: left.pop(0) if len(left) > 1 else left[0],
        connect=connect,
        tls=certificates.trusting_context(),
    )


def ask(server: FaultyServer, method: str = "POST", **options: Any) -> OutboundAnswer:
    return send(method, server.url, allow=frozenset({server.pair}), **options)


def failure(server: FaultyServer, **options: Any) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        ask(server, **options)
    return caught.value


def test_an_answer_comes_back_whole() -> None:
    with faulty_server(answer(201, b"made", (("X-One", "1"), ("X-One", "2")))) as server:
        got = ask(server, content=b'{"a":1}', headers=[("Content-Type", "application/json")])
    assert (got.status, got.body, got.was_cut, got.url) == (201, b"made", False, server.url)
    assert got.headers["x-one"] == "1, 2"
    assert got.tls_expires_at is None
    assert got.elapsed_ms >= 0


def test_the_request_says_what_it_should_and_its_caller_cannot_change_where_it_goes() -> None:
    with faulty_server(answer()) as server:
        ask(
            server,
            content=b"abc",
            headers=[("Host", "inner"), ("Content-Length", "1"), ("webhook-id", "msg_1")],
        )
    head = server.heads[0].lower()
    assert head.startswith("post / http/1.1\r\n")
    assert f"host: {server.pair}\r\n" in head
    assert "inner" not in head
    assert "content-length: 3\r\n" in head
    assert "webhook-id: msg_1\r\n" in head
    assert "user-agent: pitchbar" in head


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\nb", "a\x00b", "\ud800"])
def test_a_header_cannot_carry_another(value: str) -> None:
    with faulty_server(answer()) as server:
        assert failure(server, headers=[("X-Name", value)]).kind == "bad_url"
        assert server.heads in ([], [""])


def test_a_server_that_hangs_is_left_in_time() -> None:
    began = time.monotonic()
    with faulty_server(hang) as server:
        error = failure(server, timeout=0.15)
    assert error.kind == "timeout"
    assert str(error) == "127.0.0.1 did not answer in full within 0.15 seconds."
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_dripping_bytes_buys_no_time(start: bytes) -> None:
    began = time.monotonic()
    with faulty_server(drip(start)) as server:
        assert failure(server, timeout=0.15).kind in ("timeout", "broken_answer")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    ],
)
def test_nor_do_small_chunks_headers_or_promises(start: bytes, drop: bytes) -> None:
    began = time.monotonic()
    with faulty_server(drip(start, drop)) as server:
        assert failure(server, timeout=0.15).kind == "timeout"
    assert time.monotonic() - began < 1


def test_a_receiver_that_takes_a_byte_now_and_then_is_left_in_time() -> None:
    over = threading.Event()

    def sip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.01) and connection.recv(65536):
                pass

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        threading.Thread(target=sip, args=(listener,), daemon=True).start()
        began = time.monotonic()
        error = failure(
            FaultyServer(listener.getsockname()[1]), timeout=0.3, content=b"x" * 50_000_000
        )
        over.set()
    assert error.kind == "timeout"
    assert time.monotonic() - began < 1.5


def test_a_receiver_that_takes_no_bytes_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FaultyServer(listener.getsockname()[1])
        error = failure(server, timeout=0.2, content=b"x" * 20_000_000)
    assert error.kind == "timeout"


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
)
def test_ten_megabytes_are_cut(start: bytes) -> None:
    with faulty_server(pour(start, 10)) as server:
        got = ask(server, max_bytes=4096)
    assert (len(got.body), got.was_cut) == (4096, True)


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nX: ",
        b"",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    ],
)
def test_a_head_without_end_is_no_answer(start: bytes) -> None:
    with faulty_server(pour(start, 10)) as server:
        assert failure(server, timeout=2).kind in ("broken_answer", "too_large")


def test_what_is_compressed_stays_so() -> None:
    with faulty_server(answer(200, b"\x1f\x8bnonsense", (("Content-Encoding", "gzip"),))) as server:
        assert ask(server).body == b"\x1f\x8bnonsense"
    assert "accept-encoding: identity" in server.heads[0].lower()


@pytest.mark.parametrize(
    "nonsense", [b"", b"SSH-2.0-OpenSSH\r\n", b"+PONG\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"]
)
def test_what_is_no_answer_is_told(nonsense: bytes) -> None:
    with faulty_server(say(nonsense)) as server:
        error = failure(server)
    assert error.kind == "broken_answer"
    assert str(error).endswith(".")


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FaultyServer(listener.getsockname()[1])
    error = failure(server)
    assert (error.kind, str(error)) == ("connect", "127.0.0.1 takes no connection.")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_this_machine_is_not_followed(status: int) -> None:
    with faulty_server(answer()) as inner:
        to_inner = answer(status, b"", (("Location", inner.url),))
        with faulty_server(to_inner) as server, pytest.raises(OutboundError) as caught:
            public_client(server).send("GET", f"http://{HOST}/start", follow=3)
    assert caught.value.kind == "refused_address"
    assert caught.value.url == inner.url
    assert caught.value.redirects == (f"http://{HOST}/start",)
    assert (len(server.heads), inner.connections) == (1, 0)


def test_a_redirect_to_a_name_with_a_private_address_is_not_followed() -> None:
    with faulty_server(answer()) as inner:
        location = f"http://inner.example.com:{inner.port}/"
        to_inner = answer(302, b"", (("Location", location),))
        with faulty_server(to_inner) as server, pytest.raises(OutboundError) as caught:
            public_client(server, [PUBLIC], ["127.0.0.1"]).send("GET", f"http://{HOST}/", follow=3)
    assert caught.value.kind == "refused_address"
    assert (len(server.heads), inner.connections) == (1, 0)


def test_a_name_that_turns_private_is_connected_to_where_it_was_checked() -> None:
    with faulty_server(answer(200, b"inner")) as inner, faulty_server(answer()) as server:
        client = public_client(server, [PUBLIC], ["127.0.0.1"])
        url = f"http://{HOST}:{inner.port}/"
        assert client.send("GET", url).body == b"hello"
        with pytest.raises(OutboundError) as caught:
            client.send("GET", url)
    assert caught.value.kind == "refused_address"
    assert (server.connections, inner.connections) == (1, 0)


def test_redirects_are_followed_as_far_as_allowed() -> None:
    def step(connection: socket.socket, head: bytes, over: threading.Event) -> None:
        path = head.split()[1].decode()
        count = int(path.strip("/") or 0)
        away = (("Location", f"/{count + 1}"),)
        (answer(302, b"", away) if count < 3 else answer())(connection, head, over)

    with faulty_server(step) as server:
        got = ask(server, follow=3)
        assert got.body == b"hello"
        assert got.url == server.url + "3"
        assert got.redirects == (server.url, server.url + "1", server.url + "2")
        assert ask(server).status == 302
        assert failure(server, follow=2).kind == "too_many_redirects"


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [(302, "POST", "GET"), (303, "PUT", "GET"), (307, "POST", "POST"), (301, "HEAD", "HEAD")],
)
def test_a_redirect_changes_the_method_as_it_should_and_secrets_stay_with_their_site(
    status: int, method: str, becomes: str
) -> None:
    with faulty_server(answer()) as other:
        away = answer(status, b"", (("Location", other.url),))
        with faulty_server(away) as server:
            send(
                method,
                server.url,
                headers=[("Authorization", "Bearer secret"), ("Cookie", "a=b"), ("X-Kept", "1")],
                content=b"" if method == "HEAD" else b"body",
                follow=1,
                allow=frozenset({server.pair, other.pair}),
            )
    assert "Bearer secret" in server.heads[0]
    assert other.heads[0].startswith(f"{becomes} / ")
    assert "secret" not in other.heads[0]
    assert "Cookie" not in other.heads[0]
    assert "X-Kept: 1" in other.heads[0]


def test_a_redirect_to_an_app_is_told_with_where_it_led() -> None:
    with faulty_server(answer(302, b"", (("Location", "market://details?id=x"),))) as server:
        error = failure(server, follow=3)
    assert (error.kind, error.url) == ("bad_url", "market://details?id=x")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with faulty_server(answer()) as proxy, faulty_server(answer()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        ask(server)
    assert (proxy.connections, server.connections) == (0, 1)


def test_a_certificate_is_checked_against_the_name_and_its_end_is_told() -> None:
    tls = certificates.server_context(HOST, days=5)
    with faulty_server(answer(), tls) as server:
        got = public_client(server).send("GET", f"https://{HOST}/")
    assert got.status == 200
    assert f"Host: {HOST}\r\n" in server.heads[0]
    assert got.tls_expires_at is not None
    left = got.tls_expires_at - datetime.now(UTC)
    assert timedelta(days=4.9) < left < timedelta(days=5.1)


def test_the_server_is_told_by_which_name_it_is_asked() -> None:
    names = []
    tls = certificates.server_context(HOST)
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    with faulty_server(answer(), tls) as server:
        got = public_client(server).send("GET", f"https://{HOST}./a")
    assert names == [HOST]
    assert f"Host: {HOST}\r\n" in server.heads[0]
    assert got.url == f"https://{HOST}/a"


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        (lambda: certificates.server_context(HOST, days=-1), "has expired."),
        (lambda: certificates.server_context(HOST, since=1), "is not valid yet."),
        (lambda: certificates.server_context("other.example.com"), "belongs to another name."),
        (lambda: certificates.server_context(HOST, is_signed=False), "is signed by itself."),
    ],
)
def test_a_bad_certificate_is_told(tls: Any, said: str) -> None:
    with faulty_server(answer(), tls()) as server, pytest.raises(OutboundError) as caught:
        public_client(server).send("POST", f"https://{HOST}/", content=b"secret")
    assert caught.value.kind == "tls"
    assert str(caught.value) == f"The certificate of {HOST} {said}"
    assert server.heads == []


def test_our_own_authority_is_unknown_to_everybody_else() -> None:
    with faulty_server(answer(), certificates.server_context(HOST)) as server:
        client = OutboundClient(
            resolve=lambda host, port: [PUBLIC], connect=public_client(server).connect
        )
        with pytest.raises(OutboundError, match="whom browsers believe"):
            client.send("GET", f"https://{HOST}/")


def test_a_server_without_tls_is_told() -> None:
    with faulty_server(answer()) as server, pytest.raises(OutboundError) as caught:
        public_client(server).send("GET", f"https://{HOST}/", timeout=0.2)
    assert caught.value.kind in ("tls", "timeout")


def test_a_handshake_that_hangs_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = FaultyServer(listener.getsockname()[1])
        began = time.monotonic()
        with pytest.raises(OutboundError) as caught:
            public_client(server).send("GET", f"https://{HOST}/", timeout=0.15)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - began < 1


def test_a_resolver_that_hangs_is_left_in_time() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(10)
        return [PUBLIC]

    began = time.monotonic()
    with pytest.raises(OutboundError, match="The DNS did not answer") as caught:
        OutboundClient(resolve=resolve).send("GET", f"http://{HOST}/", timeout=0.1)
    over.set()
    assert caught.value.kind == "dns"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no"), f"The DNS knows no address of {HOST}."),
        (socket.gaierror(socket.EAI_AGAIN, "no"), f"The DNS cannot say just now where {HOST} is."),
        (UnicodeError("label too long"), f"The DNS knows no address of {HOST}."),
    ],
)
def test_a_name_that_is_not_found_is_told(error: Exception, said: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(OutboundError) as caught:
        OutboundClient(resolve=resolve).send("GET", f"http://{HOST}/")
    assert (caught.value.kind, str(caught.value)) == ("dns", said)


def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    tried = []

    def connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        tried.append(address)
        if address != PUBLIC:
            raise httpcore.ConnectError("refused")
        return system_connect("127.0.0.1", server.port, seconds)

    with faulty_server(answer()) as server:
        found = ["2606:2800:21f:cb07::1", PUBLIC]
        client = OutboundClient(resolve=lambda host, port: found, connect=connect)
        assert client.send("GET", f"http://{HOST}/").status == 200
    assert tried == found


def test_certificates_of_the_environment_are_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from pitchbar.clients import outbound_exchange

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    outbound_exchange._usual_tls.cache_clear()
    context = outbound_exchange._usual_tls()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50
