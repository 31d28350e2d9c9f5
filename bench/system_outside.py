"""What stands outside of the installation in the bench of the system, all of it on loopback: a mail
server, a model's endpoint, Stripe, a receiver of webhooks and a site. Each can go and come back.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from bench import machine
from bench.chat_world import quoted_from
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe_account import GROWTH
from tests.support.language_model import stream_of
from tests.support.loopback import Answer, LoopbackServer, Request
from tests.support.mail_servers import Post

_PAGE = """<!doctype html><html lang="en"><head><title>Opening hours {n}</title></head><body><main>
<h1>Opening hours of house {n}</h1><p>House {n} is open from nine in the morning until six in the
evening, on Saturdays until four. On the last Friday of each month it stays open until nine.</p>
<p>Guests who bring a voucher of house {n} get a coffee at the bar on the first floor.</p>
<p><a href="/house/{next}">The next house</a></p></main></body></html>"""


class MailServer:
    """Takes everything; `post.messages` is what came."""

    def __init__(self) -> None:
        self.port = machine.free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.post = Post()
        self._controller: Controller | None = None
        self.start()

    def start(self) -> None:
        self._controller = Controller(self.post, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@dataclass
class Receiver:
    """Takes webhooks: of each request the message's id, and what it said."""

    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    server: Any = None

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self._take)

    def _take(self, request: Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.taken.append((headers["webhook-id"], json.loads(request.body)))
        return Answer(200, b"{}")


@dataclass
class Outside:
    mail: MailServer
    model: LoopbackServer
    receiver: Receiver
    site: LoopbackServer
    stripe: FakeStripe
    stripe_server: LoopbackServer
    customer: str = ""
    subscription: str = ""

    def close(self) -> None:
        self.mail.stop()
        for server in (self.model, self.receiver.server, self.site, self.stripe_server):
            server.stop()

    def settings(self) -> dict[str, str]:
        from tests.billing.factories import stripe_settings

        pairs = (self.receiver.server.url, self.site.url)
        keys = stripe_settings(self.stripe_server.url)
        return {
            "MAIL_URL": self.mail.url,
            "LLM_BASE_URL": f"{self.model.url}/v1",
            "LLM_MODEL": "bench",
            "OUTBOUND_ALLOW": ",".join(url.removeprefix("http://") for url in pairs),
            **{name.upper(): value for name, value in keys.items()},
        }


def open_outside() -> Outside:
    fake = FakeStripe()
    server = LoopbackServer(fake.handle)
    fake.url = server.url
    site, model = LoopbackServer(_site), LoopbackServer(_model)
    made = Outside(MailServer(), model, Receiver(), site, fake, server)
    made.customer = fake.account.create_customer({"email": "ada@pitchbar.example"})["id"]
    made.subscription = fake.account.subscribe(made.customer, [GROWTH])["id"]
    fake.take_events()
    return made


def _model(request: Request) -> Answer:
    """Says a sentence of the passages, with its citation."""
    said = quoted_from(json.loads(request.body))
    return Answer(200, stream_of(said), "text/event-stream")


def _site(request: Request) -> Answer:
    number = request.path.removeprefix("/house/")
    if not number.isdigit():
        return Answer(404, b"Not here", "text/plain")
    page = _PAGE.format(n=number, next=int(number) + 1)
    return Answer(200, page.encode(), "text/html; charset=utf-8")


def in_thread(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread
