"""Stripe on this machine: its API as far as it is used, the hosted page of its checkout, and events
signed as Stripe signs them. It fails, hangs, loses answers, repeats and mixes up as it is told.

The real library speaks to it: over HTTP by STRIPE_API_BASE, or without by `in_process`, which
carries the same requests and answers.
"""

import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import stripe

from pitchbar.clients.payments import Payments
from tests.fakes.stripe_account import METER, METERED, Account, Refusal, Wire
from tests.support.loopback import Answer, LoopbackServer, Request

SECRET_KEY, WEBHOOK_SECRET = "a key of the tests", "a-signing-secret-of-the-tests"


@dataclass
class Fault:
    """Applies to addresses that contain `path`, `times` times. `is_done`: the act is carried out,
    and only its answer is lost.
    """

    path: str = "/v1/"
    status: int = 503
    times: int = 1_000_000
    is_done: bool = False
    delay: float = 0
    hits: int = 0


@dataclass
class FakeStripe:
    url: str = ""
    account: Account = field(default_factory=Account)
    faults: list[Fault] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    webhook_urls: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    # Faults

    def fail(self, path: str = "/v1/", **fault: Any) -> Fault:
        made = Fault(path, **fault)
        self.faults.append(made)
        return made

    def heal(self) -> None:
        self.faults.clear()

    # Events

    def take_events(self) -> list[Wire]:
        """What has happened since the last time."""
        with self.lock:
            events, self.account.events = self.account.events, []
        return events

    def send(self, url: str, event: Wire, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> int:
        """Posts it to the address; returns the status."""
        body = json.dumps(event)
        request = urllib.request.Request(url, body.encode(), headers(body, secret, age))
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def send_all(self, url: str, *, mixed: random.Random | None = None) -> int:
        """All that is waiting; mixed up, some of it twice, as the seed says. Returns how many."""
        events = self.take_events()
        if mixed:
            events += [event for event in events if mixed.random() < 0.3]
            mixed.shuffle(events)
        for event in events:
            assert self.send(url, event) == 200
        return len(events)

    # The API

    def answer(self, method: str, path: str, params: Wire, key: str = "") -> tuple[int, Wire]:
        self.asked.append((method, path))
        for fault in self.faults:
            if fault.path in path and fault.hits < fault.times:
                return self._fail(fault, method, path, params, key)
        return self._carry_out(method, path, params, key)

    def _fail(
        self, fault: Fault, method: str, path: str, params: Wire, key: str
    ) -> tuple[int, Wire]:
        fault.hits += 1
        if fault.delay:
            time.sleep(fault.delay)
        done = self._carry_out(method, path, params, key) if fault.is_done else None
        if done and fault.status == 200:
            return done
        return fault.status, {"error": {"message": "out of order", "type": "api_error"}}

    def _carry_out(self, method: str, path: str, params: Wire, key: str) -> tuple[int, Wire]:
        with self.lock:
            try:
                if key and method == "POST":
                    asked = [path, params]
                    made = self.account.once(key, asked, lambda: self._route(method, path, params))
                else:
                    made = self._route(method, path, params)
            except Refusal as refusal:
                return refusal.status, {"error": refusal.body}
            return 200, json.loads(json.dumps(made))

    def _route(self, method: str, path: str, params: Wire) -> Wire:
        """`*` in an address is one id, which is handed on."""
        for known, act in _ROUTES.items():
            known_method, _, pattern = known.partition(" ")
            found = re.fullmatch(pattern.replace("*", "([^/]+)"), path.removeprefix("/v1/"))
            if found and known_method == method:
                return act(self, params, *found.groups())
        raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)

    def _open_portal(self, params: Wire) -> Wire:
        self.account.get(params["customer"], "customer")
        url = f"{self.url}/portal?return={params['return_url']}"
        return {"id": "bps_1", "object": "billing_portal.session", "url": url}

    def _invoices(self, params: Wire) -> Wire:
        names = {"customer", "subscription", "status"} & params.keys()
        found = self.account.all("invoice", **{name: params[name] for name in names})
        return self._list(found, params)

    def _summaries(self, params: Wire, _meter: str) -> Wire:
        span = int(params["start_time"]), int(params["end_time"])
        row = {"id": "mtrusg_1", "object": "billing.meter_event_summary"}
        units = self.account.count_units(params["customer"], *span)
        return {
            "object": "list",
            "data": [{**row, "aggregated_value": units}],
            "has_more": False,
            "url": "/v1/list",
        }

    def _webhook_endpoints(self, params: Wire) -> Wire:
        rows = [
            {"id": f"we_{number}", "object": "webhook_endpoint", "url": url, "status": "enabled"}
            for number, url in enumerate(self.webhook_urls)
        ]
        return self._list(rows, params)

    def _list(self, rows: list[Wire], params: Wire) -> Wire:
        limit, ids = int(params.get("limit") or 10), [row["id"] for row in rows]
        if after := params.get("starting_after"):
            rows = rows[self._place(ids, after) + 1 :]
            page, more = rows[:limit], len(rows) > limit
        elif before := params.get("ending_before"):
            rows = rows[: self._place(ids, before)]
            page, more = rows[-limit:], len(rows) > limit
        else:
            page, more = rows[:limit], len(rows) > limit
        wanted = {"expand": [one.removeprefix("data.") for one in params.get("expand") or []]}
        shown = [self._expand(row, wanted) for row in page]
        return {"object": "list", "data": shown, "has_more": more, "url": "/v1/list"}

    def _place(self, ids: list[str], wanted: str) -> int:
        if wanted not in ids:
            raise Refusal(f"No such object: '{wanted}'", status=404, code="resource_missing")
        return ids.index(wanted)

    def _expand(self, row: Wire, params: Wire) -> Wire:
        names = [name for name in params.get("expand") or [] if row.get(name)]
        return row | {name: self.account.get(row[name]) for name in names}

    def _absolute(self, session: Wire) -> Wire:
        return session | {"url": session["url"] and f"{self.url}{session['url']}"}

    # What browsers see

    def handle(self, request: Request) -> Answer:
        if request.path.startswith("/pay/"):
            return self._pay(request)
        if request.path == "/portal":
            page = f'<h1>Portal</h1><a href="{request.query["return"]}">Back</a>'
            return Answer(200, page.encode(), "text/html")
        if request.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            return _json(401, {"error": {"message": "Invalid API Key", "type": "api_error"}})
        sent = request.body.decode() or "&".join(f"{k}={v}" for k, v in request.query.items())
        key = request.headers.get("Idempotency-Key", "")
        return _json(*self.answer(request.method, request.path, read_form(sent), key))

    def _pay(self, request: Request) -> Answer:
        session_id = request.path.rpartition("/")[2]
        session = self.account.get(session_id, "checkout.session")
        said = ""
        if request.method == "POST":
            card = dict(parse_qsl(request.body.decode())).get("card", "")
            try:
                with self.lock:
                    self.account.complete(session_id, card=card)
                back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id)
                return Answer(303, headers={"Location": back})
            except Refusal as refusal:
                said = f"<p>{refusal}</p>"
        button = '<button name="card" value="{}">{}</button>'.format
        page = f"""<!doctype html><title>Checkout</title><h1>Checkout</h1>{said}
            <form method="post">{button("ok", "Pay")}{button("declined", "Pay by a bad card")}
            {button("", "Start without a card")}</form><a href="{session["cancel_url"]}">Back</a>"""
        return Answer(200, page.encode(), "text/html")


_ROUTES: dict[str, Callable[..., Wire]] = {
    "POST customers": lambda me, params: me.account.create_customer(params),
    "GET customers/*": lambda me, _, one: me.account.find_customer(one),
    "POST checkout/sessions": lambda me, params: me._absolute(me.account.create_session(params)),
    "GET checkout/sessions/*": lambda me, _, one: me._absolute(
        me.account.get(one, "checkout.session")
    ),
    "POST checkout/sessions/*/expire": lambda me, _, one: me.account.expire_session(one),
    "POST billing_portal/sessions": FakeStripe._open_portal,
    "GET subscriptions": lambda me, params: me._list(
        me.account.all("subscription", customer=params["customer"]), params
    ),
    "POST subscriptions/*": lambda me, params, one: me._expand(
        me.account.update(one, params), params
    ),
    "DELETE subscriptions/*": lambda me, params, one: me.account.cancel(one, params),
    "GET webhook_endpoints": FakeStripe._webhook_endpoints,
    "GET prices/*": lambda me, _, one: me.account.get(one, "price"),
    "GET invoices": FakeStripe._invoices,
    "POST invoices/create_preview": lambda me, params: me.account.preview(params),
    "POST billing/meter_events": lambda me, params: me.account.add_meter_event(params),
    "GET billing/meters": lambda me, params: me._list(me.account.all("billing.meter"), params),
    "GET billing/meters/*/event_summaries": FakeStripe._summaries,
}


def headers(body: str, secret: str = WEBHOOK_SECRET, age: int = 0) -> dict[str, str]:
    at = int(time.time()) - age
    signed = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return {"Content-Type": "application/json", "Stripe-Signature": signed}


@contextmanager
def stripe_server() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    server = LoopbackServer(fake.handle)
    fake.url = server.url
    try:
        yield fake
    finally:
        server.stop()


class _InProcess(stripe.HTTPClient):
    """Carries what the library sends to the fake, without a network between."""

    name = "in process"

    def __init__(self, fake: FakeStripe) -> None:
        super().__init__()
        self._fake = fake

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
    ) -> tuple[str, int, dict[str, str]]:
        parts = urlsplit(url)
        sent = post_data if isinstance(post_data, str) and post_data else parts.query
        key = headers.get("Idempotency-Key", "")
        status, body = self._fake.answer(method.upper(), parts.path, read_form(sent), key)
        return json.dumps(body), status, {}

    def close(self) -> None:
        pass


def in_process(fake: FakeStripe) -> Payments:
    client = stripe.StripeClient(SECRET_KEY, http_client=_InProcess(fake))
    return Payments(client, METERED, METER)


def read_form(sent: str) -> Wire:
    """`items[0][price]=x` as `{"items": [{"price": "x"}]}`."""
    tree: Wire = {}
    for name, value in parse_qsl(sent, keep_blank_values=True):
        first, *rest = unquote(name).replace("]", "").split("[")
        at: Any = tree
        path = [first, *rest]
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
    made: Wire = _with_lists(tree)
    return made


def _with_lists(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        return [_with_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: _with_lists(value) for name, value in tree.items()}


def _json(status: int, body: Wire) -> Answer:
    return Answer(status, json.dumps(body).encode())
