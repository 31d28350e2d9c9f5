"""Notices into chats: written by Apprise, and sent to the address that was checked."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.alerts.models import AlertChannel
from pitchbar.alerts.notice_tasks import send_alert_notice
from pitchbar.clients import outbound
from pitchbar.clients.notices import NoticeError, read_chat_address, send_notice
from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.jobs.ledger.models import Job
from tests.alerts.factories import NOW, evaluate, make_rule, set_hours, the_alerts
from tests.conftest import MakeSettings
from tests.support.factories import People

SLACK = "https://hooks.slack.com/services/T00000000/B00000000/" + "x" * 24
DISCORD = "https://discord.com/api/webhooks/123456789012345678/" + "y" * 68
TEAMS = (
    "https://prod-12.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/"
    "paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=" + "z" * 43
)


@dataclass
class Chat:
    """An ntfy of this machine: what it was told, and what it answers."""

    port: int = 0
    status: int = 200
    told: list[Any] = field(default_factory=list)
    location: str = ""

    @property
    def address(self) -> str:
        return f"ntfy://127.0.0.1:{self.port}/menu"

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def chat() -> Iterator[Chat]:
    state = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.told.append(json.loads(body))
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> object:
    if "chat" not in request.fixturenames:
        return make_settings()
    return make_settings(outbound_allow=request.getfixturevalue("chat").pair)


@pytest.mark.parametrize(
    ("typed", "service", "label"),
    [
        (SLACK, "slack", "Slack at hooks.slack.com, …xxxx"),
        (DISCORD, "discord", "Discord at discord.com, …yyyy"),
        (TEAMS, "teams", "Teams at prod-12.westeurope.logic.azure.com, …zzzz"),
        ("https://ntfy.sh/my-menu", "ntfy", "ntfy at ntfy.sh, …menu"),
        ("ntfys://push.brand.example/menu", "ntfy", "ntfy at push.brand.example, …menu"),
    ],
)
def test_the_address_that_a_service_gives_out_is_read(typed: str, service: str, label: str) -> None:
    found = read_chat_address(f" {typed}\n")
    assert found
    assert (found.service, found.label) == (service, label)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "https://brand.example/hook",
        "http://hooks.slack.com/services/T0/B0/x",
        "https://hooks.slack.com.evil.example/services/T00000000/B00000000/" + "x" * 24,
        "slack://T00000000/B00000000/" + "x" * 24,
        "json://127.0.0.1/",
        "file:///etc/passwd",
        "mailto://user:pass@brand.example",
        "exec://ls",
        "ntfy://",
        TEAMS + "&template=/etc/passwd",
        TEAMS + "&%74emplate=/etc/passwd",
        TEAMS + "&+X-Forwarded-For=127.0.0.1",
        SLACK + "\r\nHost: x",
        SLACK + " x",
        "https://" + "a" * 2000,
    ],
)
def test_anything_else_is_none(typed: str) -> None:
    assert read_chat_address(typed) is None


def test_options_are_left_out_of_an_address() -> None:
    found = read_chat_address("ntfys://push.brand.example/menu?attach=file:///etc/passwd")
    assert found
    assert found.address == "ntfys://push.brand.example/menu"


@pytest.mark.parametrize("typed", [SLACK, DISCORD, TEAMS, "https://ntfy.sh/my-menu"])
def test_each_service_is_asked_through_the_guard_alone(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """Nothing but `outbound.send` opens a connection."""
    asked: list[tuple[str, str, bytes]] = []

    def send(method: str, url: str, **parts: Any) -> OutboundAnswer:
        asked.append((method, url, parts["content"]))
        return OutboundAnswer(200, {}, b"ok", False, 1, url)

    monkeypatch.setattr(outbound, "send", send)
    monkeypatch.setattr(socket, "create_connection", _refuse)
    found = read_chat_address(typed)
    assert found
    send_notice(found.service, found.address, title="Too many", text="12 scans\nhttps://x.example")
    [(method, url, content)] = asked
    assert method == "POST"
    assert url.startswith("https://")
    assert "Too many" in content.decode()
    assert "12 scans" in content.decode()


def _refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("somebody connects by another way")


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://127.0.0.1:9/menu",
        "ntfy://[::1]:9/menu",
        "ntfys://169.254.169.254/latest",
        "ntfy://10.0.0.7/menu",
        "ntfy://2130706433/menu",
        "ntfy://localhost/menu",
    ],
)
def test_an_address_within_is_not_connected_to(address: str) -> None:
    with pytest.raises(NoticeError) as refused:
        send_notice("ntfy", address, title="T", text="t")
    assert refused.value.permanent


def test_a_notice_arrives(chat: Chat) -> None:
    send_notice("ntfy", chat.address, title="Menu: “3”", text="Zoë", allow=frozenset([chat.pair]))
    [told] = chat.told
    assert (told["topic"], told["title"], told["message"]) == ("menu", "Menu: “3”", "Zoë")


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (403, True), (429, False), (500, False), (408, False)]
)
def test_a_refusal_says_whether_to_try_again(chat: Chat, status: int, permanent: bool) -> None:
    chat.status = status
    with pytest.raises(NoticeError, match=str(status)) as refused:
        send_notice("ntfy", chat.address, title="T", text="t", allow=frozenset([chat.pair]))
    assert refused.value.permanent is permanent


def test_a_redirect_leads_nowhere(chat: Chat) -> None:
    chat.status, chat.location = 302, "http://127.0.0.1:9/"
    with pytest.raises(NoticeError):
        send_notice("ntfy", chat.address, title="T", text="t", allow=frozenset([chat.pair]))
    assert len(chat.told) == 1


def test_an_alert_is_told_in_a_chat(people: People, chat: Chat, app: Flask) -> None:
    make_rule(people.workspace, roles=(), chats=(chat.address,))
    set_hours(people.workspace.id, 0, {NOW.replace(minute=0): 99})
    evaluate()
    [alert] = the_alerts()
    [job] = db.session.scalars(select(Job).where(Job.task == send_alert_notice.name))
    send_alert_notice(**job.arguments)
    [told] = chat.told
    assert told["title"] == alert.title
    assert f"http://pitchbar.test/w/{people.workspace.slug}/alerts/" in told["message"]
    db.session.expire_all()
    channel = db.session.scalars(select(AlertChannel)).one()
    assert (channel.failure, channel.sent_at is not None) == ("", True)


def test_what_did_not_arrive_stands_at_its_rule(people: People, chat: Chat, app: Flask) -> None:
    make_rule(people.workspace, roles=(), chats=(chat.address,))
    set_hours(people.workspace.id, 0, {NOW.replace(minute=0): 99})
    evaluate()
    [job] = db.session.scalars(select(Job).where(Job.task == send_alert_notice.name))
    arguments = job.arguments
    chat.status = 404
    with pytest.raises(Fail):
        send_alert_notice(**arguments)
    db.session.expire_all()
    assert "404" in db.session.scalars(select(AlertChannel.failure)).one()
    chat.status = 503
    with pytest.raises(NoticeError):
        send_alert_notice(**arguments)
    db.session.delete(db.session.scalars(select(AlertChannel)).one())
    db.session.commit()
    send_alert_notice(**arguments)
    assert len(chat.told) == 2


def test_an_error_of_the_guard_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(*_: Any, **__: Any) -> OutboundAnswer:
        raise OutboundError("timeout", "It took too long.")

    monkeypatch.setattr(outbound, "send", send)
    with pytest.raises(NoticeError, match="It took too long") as late:
        send_notice("ntfy", "https://ntfy.sh/menu", title="T", text="t")
    assert not late.value.permanent
