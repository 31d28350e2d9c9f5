"""Load on all paths of the installation at once, at fixed rates, and what its clients were told.

Every client stands behind a balancer: a request that no process has heard (the connection was
refused) goes to the next one; a request that was heard and cut is an error, as is every answer that
is not the expected one.
"""

import contextlib
import http.client
import itertools
import json
import random
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bench import chat_world
from bench.system_world import EMAIL, PASSWORD, SITE, System
from tests.fakes.stripe import headers as stripe_headers
from tests.support.sockets import Client as Socket

# Requests in a second of each path, and threads that make them.
RATES = {
    "redirect": (15.0, 8),
    "pixel": (4.0, 4),
    "conversion API": (1.0, 3),
    "pages": (2.0, 4),
    "create code": (1.0, 3),
    "figures API": (1.0, 3),
    "chat": (0.6, 4),
    "lead": (0.3, 2),
    "source": (0.1, 2),
    "Stripe": (0.5, 3),
}
LIVE = "live socket"
_SOCKETS = 3
_PAGES = ("", "/codes", "/conversations?list=all", "/leads", "/sources", "/agents")
_QUESTIONS = ("What is a code?", "What counts as a scan?", "Who may see a workspace?")
_TIMEOUT = 15.0


@dataclass
class Said:
    """`headers` by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


class Wrong(Exception):
    """Another answer than the expected one."""


_turns = itertools.count()


def call(
    ports: Sequence[int],
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    read: Callable[[http.client.HTTPResponse], bytes] = http.client.HTTPResponse.read,
) -> Said:
    """Raises OSError or HTTPException as the connection does."""
    first = next(_turns)
    for at in range(len(ports)):
        port = ports[(first + at) % len(ports)]
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        try:
            line.connect()
        except OSError:
            line.close()
            if at + 1 == len(ports):
                raise
            continue
        try:
            line.request(method, path, body, headers or {})
            answer = line.getresponse()
            said = read(answer)
            cookies = answer.headers.get_all("Set-Cookie") or []
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Said(answer.status, names, said, cookies)
        finally:
            line.close()
    raise AssertionError("no port")


def expect(said: Said, *statuses: int) -> Said:
    if said.status not in statuses:
        raise Wrong(f"{said.status} {said.body[:200]!r}")
    return said


@dataclass(frozen=True)
class Sample:
    """One request: when it was to begin (monotonic seconds), how long it took, what was wrong."""

    path: str
    at: float
    took: float
    error: str


@dataclass
class Accepted:
    """What clients were told is accepted, by kind; each has a name of its own."""

    scans: set[str] = field(default_factory=set)
    conversions: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    code_ids: set[int] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    stripe_events: set[str] = field(default_factory=set)


def address_of(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


class Load:
    """Starts and ends threads; `samples` grows by one for each request."""

    def __init__(self, system: System, factor: float = 1.0, paths: Sequence[str] = ()) -> None:
        self.system, self.known = system, system.known
        self.samples: list[Sample] = []
        self.accepted = Accepted()
        self.sent: Counter[str] = Counter()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._tokens: deque[str] = deque(maxlen=200)
        self._member = Member(system)
        self._live = Member(system)
        self._addresses = itertools.count(1)
        self._factor = factor
        self._stripe_lock = threading.Lock()
        self._acts: dict[str, Callable[[int], None]] = {
            "redirect": self._redirect,
            "pixel": self._pixel,
            "conversion API": self._conversion,
            "pages": self._page,
            "create code": self._create_code,
            "figures API": self._figures,
            "chat": self._chat,
            "lead": self._lead,
            "source": self._source,
            "Stripe": self._stripe,
        }
        self._paths = [name for name in RATES if not paths or name in paths]

    @property
    def paths(self) -> list[str]:
        return [*self._paths, LIVE] if self.system.ports("realtime") else self._paths

    def start(self) -> None:
        began = time.monotonic() + 0.2
        for name in self._paths:
            rate, threads = RATES[name][0] * self._factor, RATES[name][1]
            for first in range(threads):
                self._run(self._pace, name, rate, threads, first, began)
        for number in range(_SOCKETS if LIVE in self.paths else 0):
            self._run(self._hold_socket, number)

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(_TIMEOUT * 4)

    def _run(self, act: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pace(self, name: str, rate: float, threads: int, first: int, began: float) -> None:
        """Every `threads`-th request of the path, each at its time. One that comes too late, since
        those before still wait, is left out: so nothing piles up here.
        """
        act, step = self._acts[name], threads / rate
        for turn in itertools.count():
            due = began + (first + turn * threads) / rate
            now = time.monotonic()
            if now > due + step:
                continue
            if self._ended.wait(max(0.0, due - now)):
                return
            self._sample(name, due, act, first + turn * threads)

    def _sample(self, name: str, due: float, act: Callable[[int], None], number: int) -> None:
        self.sent[name] += 1
        error = ""
        try:
            act(number)
        except (OSError, http.client.HTTPException, ValueError, LookupError, Wrong) as wrong:
            error = f"{type(wrong).__name__}: {wrong}"[:300]
        self.samples.append(Sample(name, due, time.monotonic() - due, error))

    # Scans and what comes of them

    def _redirect(self, number: int) -> None:
        address = address_of(next(self._addresses))
        code = ("menu", "rules", "token")[number % 3]
        # Web redirects, too.
        ports = self.system.ports("web" if number % 10 == 9 else "edge")
        headers = {"X-Forwarded-For": address, "User-Agent": f"Mozilla/5.0 Visitor/{number}"}
        said = call(ports, "GET", f"/t/{code}?utm_term={number}", headers=headers)
        expect(said, 302)
        self.accepted.scans.add(address)
        query = parse_qs(urlsplit(said.headers["location"]).query)
        self._tokens.extend(query.get("pb_at", []))

    def _pixel(self, number: int) -> None:
        query = urlencode(self._order(f"p{number}") | {"pb_at": self._token()})
        headers = {"X-Forwarded-For": address_of(next(self._addresses))}
        # Some pages tell it twice.
        for _ in range(1 + (number % 10 == 0)):
            path = f"/p/{self.known.pixel_key}.gif?{query}"
            expect(call(self.system.ports("edge"), "GET", path, headers=headers), 200)
        self.accepted.conversions.add(f"p{number}")

    def _conversion(self, number: int) -> None:
        body = self._order(f"a{number}") | {"attribution": self._token()}
        self._api("POST", "/api/v1/conversions", body, 200, 202)
        self.accepted.conversions.add(f"a{number}")

    def _order(self, order: str) -> dict[str, str]:
        return {"event": "order", "value": "1.50", "currency": "EUR", "order_id": order}

    def _token(self) -> str:
        until = time.monotonic() + _TIMEOUT
        while not self._tokens and time.monotonic() < until:
            time.sleep(0.05)
        if not self._tokens:
            raise Wrong("no scan has led on with its token yet")
        return random.choice(self._tokens)

    # People of the workspace, and programs

    def _page(self, number: int) -> None:
        path = f"/w/{self.known.slug}{_PAGES[number % len(_PAGES)] or '/'}"
        expect(self._member.get(path), 200)

    def _create_code(self, number: int) -> None:
        """As a careful program: with a key, by which a lost answer is asked for again."""
        name = f"Poster {number}"
        body = {"name": name, "destination_url": "https://destination.example/poster"}
        path = f"/api/v1/workspaces/{self.known.slug}/codes"
        try:
            said = self._api("POST", path, body, 201, key=f"poster-{number}")
        except (OSError, http.client.HTTPException, Wrong):
            self._ended.wait(1)
            said = self._api("POST", path, body, 201, key=f"poster-{number}")
        self.accepted.codes.add(name)
        self.accepted.code_ids.add(said["id"])

    def _figures(self, number: int) -> None:
        path = f"/api/v1/workspaces/{self.known.slug}"
        self._api("GET", f"{path}/codes/{self.known.code_id}/stats?interval=day", None, 200)

    def _api(self, method: str, path: str, body: Any, *statuses: int, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.known.token}"}
        headers |= {"Content-Type": "application/json"} if body else {}
        headers |= {"Idempotency-Key": key} if key else {}
        data = json.dumps(body).encode() if body else None
        said = expect(call(self.system.ports("web"), method, path, data, headers), *statuses)
        return json.loads(said.body) if said.body else None

    # Visitors of the chat

    def _visitor(self) -> dict[str, str]:
        headers = {
            "Origin": chat_world.ORIGIN,
            "Content-Type": "application/json",
            "X-Forwarded-For": address_of(next(self._addresses)),
        }
        body = json.dumps({"agent": self.known.agent, "page_url": f"{chat_world.ORIGIN}/"}).encode()
        said = call(self.system.ports("web"), "POST", "/api/v1/widget/init", body, headers)
        token = json.loads(expect(said, 200, 201).body)["token"]
        return headers | {"Authorization": f"Bearer {token}"}

    def _chat(self, number: int) -> None:
        headers = self._visitor()
        text = f"{_QUESTIONS[number % len(_QUESTIONS)]} I ask as visitor {number}."
        body = json.dumps({"text": text}).encode()
        path = "/api/v1/widget/messages"
        said = call(self.system.ports("web"), "POST", path, body, headers, _read_stream)
        done = _event_of(expect(said, 200).body, "done")
        if done is None:
            raise Wrong(f"no end: {said.body[-200:]!r}")
        self.accepted.questions.add(text)
        self.accepted.answers.add(done["message_id"])

    def _lead(self, number: int) -> None:
        email = f"guest-{number}@visitor.example"
        body = json.dumps({"email": email, "name": f"Guest {number}"}).encode()
        path = "/api/v1/widget/leads"
        expect(call(self.system.ports("web"), "POST", path, body, self._visitor()), 201)
        self.accepted.leads.add(email)

    # Sources

    def _source(self, number: int) -> None:
        """In turn: a text, a page of a site that is read, a file that is uploaded."""
        path = f"/api/v1/workspaces/{self.known.slug}/sources"
        name = f"House {number}"
        if number % 3 == 2:
            said = self._upload(path, name)
        elif number % 3 == 1:
            url = f"{self.system.outside.site.url}/house/{number}"
            said = self._api("POST", path, {"kind": "url", "name": name, "url": url}, 201)
        else:
            text = f"House {number} lends umbrellas at the desk. They are free for a day."
            said = self._api("POST", path, {"kind": "text", "name": name, "text": text}, 201)
        self.accepted.sources.add(said["id"])

    def _upload(self, path: str, name: str) -> Any:
        parts = [("kind", "file"), ("name", name)]
        lines = [
            f'--bench\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in parts
        ]
        text = f"{name} has a garden behind the kitchen. It is open in summer.\r\n"
        lines.append(
            '--bench\r\nContent-Disposition: form-data; name="file"; filename="garden.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\n{text}\r\n--bench--\r\n"
        )
        headers = {
            "Authorization": f"Bearer {self.known.token}",
            "Content-Type": "multipart/form-data; boundary=bench",
        }
        body = "".join(lines).encode()
        said = expect(call(self.system.ports("web"), "POST", path, body, headers), 201)
        return json.loads(said.body)

    # Stripe

    def _stripe(self, number: int) -> None:
        """Each event is sent until it is taken, and some are sent again."""
        stripe, subscription = self.system.outside.stripe, self.system.outside.subscription
        with self._stripe_lock, stripe.lock:
            ends = {"cancel_at_period_end": "true" if number % 2 else "false"}
            stripe.account.update(subscription, ends)
            events = stripe.take_events()
        wrong: Exception | None = None
        for event in events:
            body = json.dumps(event)
            for _ in range(1 + (number % 5 == 0)):
                wrong = self._send_event(body) or wrong
            self.accepted.stripe_events.add(event["id"])
        if wrong is not None:
            raise wrong

    def _send_event(self, body: str) -> Exception | None:
        """What was wrong first, if anything was."""
        wrong: Exception | None = None
        until = time.monotonic() + 90
        while True:
            try:
                sent = body.encode(), stripe_headers(body)
                expect(call(self.system.ports("web"), "POST", "/billing/webhook", *sent), 200)
                return wrong
            except (OSError, http.client.HTTPException, Wrong) as error:
                wrong = wrong or error
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    # Open pages

    def _hold_socket(self, number: int) -> None:
        """A page that stays open; each second of it counts as one request."""
        path = f"/w/{self.known.slug}/live/socket"
        while not self._ended.is_set():
            due = time.monotonic()
            try:
                port = self.system.ports("realtime")[0]
                headers = {"Cookie": self._live.cookie, "Origin": SITE}
                socket = Socket(f"ws://127.0.0.1:{port}{path}", headers=headers)
            except Exception as error:  # the library raises its own of many kinds
                self._note_live(due, f"{type(error).__name__}: {error}"[:300])
                self._ended.wait(1)
                continue
            try:
                while not self._ended.is_set():
                    due = time.monotonic()
                    socket.receive(timeout=1)
                    if time.monotonic() - due < 1:
                        self._ended.wait(1 - (time.monotonic() - due))
                    self._note_live(due, "")
            except Exception as error:  # as above
                self._note_live(due, f"{type(error).__name__}: {error}"[:300])
            finally:
                with contextlib.suppress(Exception):
                    socket.close()

    def _note_live(self, due: float, error: str) -> None:
        self.sent[LIVE] += 1
        self.samples.append(Sample(LIVE, due, time.monotonic() - due, error))


def _read_stream(answer: http.client.HTTPResponse) -> bytes:
    """Until its last event; a stream stays open for nobody."""
    told = b""
    while line := answer.readline():
        told += line
        if line.startswith((b"event: done", b"event: error")):
            told += answer.readline()
            break
    return told


def _event_of(stream: bytes, name: str) -> Any:
    found = re.search(rf"event: {name}\ndata: (.+)", stream.decode())
    return json.loads(found[1]) if found else None


class Member:
    """Ada, signed in."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.cookies: dict[str, str] = {}
        page = self.get("/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.body.decode())
        if token is None:
            raise SystemExit("no form to sign in with")
        form = urlencode({"csrf_token": token[1], "email": EMAIL, "password": PASSWORD}).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "X-Forwarded-For": "10.255.0.1",
        }
        said = call(system.ports("web"), "POST", "/login", form, headers)
        if said.status != 303:
            raise SystemExit(f"sign-in was answered {said.status}")
        self._keep(said)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> Said:
        headers = {"Cookie": self.cookie, "X-Forwarded-For": "10.255.0.1"}
        said = call(self._system.ports("web"), "GET", path, headers=headers)
        self._keep(said)
        return said

    def _keep(self, said: Said) -> None:
        for one in said.cookies:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
