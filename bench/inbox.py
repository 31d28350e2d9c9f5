"""The inbox with many conversations, on PostgreSQL and Redis, through a real server.

    bin/bench inbox [--conversations 100000] [--messages 50] [--sockets 300] [--probes 40]

A workspace with so many conversations of six messages. Then: how long lists, searches and threads
take; how long a message takes from a person to the visitor, whose widget waits by the long poll,
and back to an open page of the inbox; and with so many pages of the inbox open (each a socket of
its own, of 30 people), the memory of the web process and the same lists once more.
"""

import argparse
import http.client
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import simple_websocket

from bench import chat_world, machine
from bench.inbox_world import PASSWORD, RARE, email_of, fill
from bench.jobs import at_scale

TARGET_MS, MESSAGE_MS = 200.0, 1000.0
# Who hold the sockets.
TEAM = 30


class Member:
    """Signed in; `get` and `post` give the answer's text."""

    def __init__(self, port: int, number: int = 0) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.get("/login")
        self.post("/login", page, email=email_of(number), password=PASSWORD)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str) -> str:
        return self._send("GET", path)

    def post(self, path: str, page: str, **values: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, "no form on this page"
        return self._send("POST", path, urlencode({"csrf_token": token[1], **values}))

    def _send(self, method: str, path: str, body: str | None = None) -> str:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except http.client.RemoteDisconnected:
            # It was idle for long.
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        said = answer.read().decode()
        for one in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status}")
        return said


def p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]


def timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def say(what: str, times: Sequence[float], target: float) -> bool:
    worst = p95(times)
    verdict = "met" if worst < target else "MISSED"
    median = sorted(times)[len(times) // 2]
    print(f"{what:<58} median {median:6.0f} ms  p95 {worst:6.0f} ms  {verdict}", flush=True)
    return worst < target


def pages(member: Member, probes: int, label: str = "") -> bool:
    first = member.get("/w/bench/conversations?list=all")
    threads = re.findall(r'href="(/w/bench/conversations/[0-9a-f-]{36})', first)
    older = re.search(r"after=([A-Za-z0-9_-]+)", first)
    after = older[1] if older else ""
    asked = {
        "list of all": ["/w/bench/conversations?list=all"],
        "list of open, waiting, unanswered": [
            f"/w/bench/conversations?list={name}" for name in ("open", "waiting", "unanswered")
        ],
        "next page": [f"/w/bench/conversations?list=all&after={after}"],
        "one agent": ["/w/bench/conversations?list=all&agent=2"],
        "search for a rare word": [f"/w/bench/conversations?list=all&q={RARE}"],
        "search for words that stand everywhere": [
            f"/w/bench/conversations?list=all&q={word}" for word in ("the", "scan", "code+agent")
        ],
        "thread": threads[:10],
    }
    good = True
    for what, paths in asked.items():
        times = [timed(partial(member.get, paths[at % len(paths)])) for at in range(probes)]
        good &= say(f"{label}{what}", times, TARGET_MS)
    return good


class Visitor:
    """A widget that waits by the long poll, in a thread of its own."""

    def __init__(self, port: int, agent: str) -> None:
        self.port = port
        self.headers = {"Origin": chat_world.ORIGIN, "Content-Type": "application/json"}
        begun = self.call("POST", "/init", {"agent": agent})
        self.conversation = begun["conversation_id"]
        self.headers["Authorization"] = f"Bearer {begun['token']}"
        self.heard: dict[str, float] = {}
        self._listens = True

    def call(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1/widget{path}", data, self.headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status < 300, said
        is_json = "json" in (answer.headers["Content-Type"] or "")
        return json.loads(said) if is_json else said

    def has_heard(self, text: str) -> bool:
        return text in self.heard

    def listen(self) -> threading.Thread:
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._listens = False

    def _listen(self) -> None:
        after = state = ""
        while self._listens:
            query = {"wait": "5", "state": state, **({"after": after} if after else {})}
            found = self.call("GET", f"/messages?{urlencode(query)}")
            for one in found["messages"]:
                self.heard.setdefault(one["text"], time.perf_counter())
                after = one["id"]
            state = found["state"]


def talk(member: Member, agent: str, count: int) -> bool:
    visitor = Visitor(member.port, agent)
    visitor.call("POST", "/messages", {"text": "Hello there"})
    visitor.call("GET", "/messages")
    visitor.listen()
    path = f"/w/bench/conversations/{visitor.conversation}"
    page = member.get(path)
    member.post(f"{path}/claim", page)
    there = []
    for n in range(count):
        text, began = f"Answer number {n}.", time.perf_counter()
        member.post(f"{path}/messages", page, text=text)
        machine.wait_until(partial(visitor.has_heard, text), 10, "the visitor")
        there.append((visitor.heard[text] - began) * 1000)
    visitor.stop()
    back = []
    url = f"ws://127.0.0.1:{member.port}/w/bench/conversations/socket?thread={visitor.conversation}"
    headers = {"Cookie": member.cookie, "Origin": f"http://localhost:{member.port}"}
    socket = simple_websocket.Client(url, headers=headers)
    socket.receive(timeout=10)
    for n in range(count):
        text, began = f"Question number {n}, please?", time.perf_counter()
        visitor.call("POST", "/messages", {"text": text})
        while text not in str(socket.receive(timeout=10)):
            pass
        back.append((time.perf_counter() - began) * 1000)
    socket.close()
    person = say("from a person to the visitor", there, MESSAGE_MS)
    return say("from the visitor to an open page", back, MESSAGE_MS) and person


@contextmanager
def chatter(port: int, agent: str) -> Iterator[None]:
    """A visitor says something each second."""
    visitor, ended = Visitor(port, agent), threading.Event()
    visitor.call("POST", "/messages", {"text": "Hello there"})

    def run() -> None:
        number = 0
        while not ended.wait(1):
            number += 1
            visitor.call("POST", "/messages", {"text": f"Something more, number {number}"})

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(30)


def crowd(member: Member, agent: str, sockets: int, probes: int, pid: int) -> bool:
    """Half of the pages show a thread beside the list."""
    before = chat_world.resident_mb(pid)
    url = f"ws://127.0.0.1:{member.port}/w/bench/conversations/socket?list=open"
    threads = re.findall(r"conversations/([0-9a-f-]{36})", member.get("/w/bench/conversations"))
    team = [Member(member.port, number) for number in range(TEAM)]
    opened = []
    for n in range(sockets):
        thread = f"&thread={threads[n // 2 % len(threads)]}" if n % 2 else ""
        headers = {
            "Cookie": team[n % TEAM].cookie,
            "Origin": f"http://localhost:{member.port}",
        }
        opened.append(simple_websocket.Client(url + thread, headers=headers))
    for one in opened:
        one.receive(timeout=60)
    memory = chat_world.resident_mb(pid)
    print(f"{sockets} sockets: {before:.0f} MB before, {memory:.0f} MB with them", flush=True)
    good = pages(member, probes, label=f"{sockets} sockets, ")
    with chatter(member.port, agent):
        good &= pages(member, probes, label="and a message a second, ")
        good &= talk(member, agent, 10)
    closed = sum(_is_closed(one) for one in opened)
    print(f"{closed} of {sockets} sockets were closed by the server", flush=True)
    return good and closed == 0


def _is_closed(socket: simple_websocket.Client) -> bool:
    """Whether it was, before it is closed here."""
    try:
        socket.close()
    except simple_websocket.ConnectionClosed:
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=50)
    parser.add_argument("--sockets", type=int, default=300)
    parser.add_argument("--probes", type=int, default=40)
    chosen = parser.parse_args()
    with at_scale() as bench:
        agent = fill(bench, chosen.conversations, TEAM)
        print(f"{chosen.conversations:,} conversations are there", flush=True)
        port = machine.free_port()
        environ = {
            **chat_world.environ_of(bench.folder, port, ""),
            "APP_ENV": "preview",
            "APP_KEY": bench.settings.app_key,
            "DATABASE_URL": bench.settings.database_url,
            "REDIS_URL": bench.settings.redis_url,
            "LIVE_MAX_SOCKETS": "1000",
            "LIVE_MAX_SOCKETS_PER_PERSON": "1000",
        }
        worker = machine.start(
            [machine.program("pitchbar"), "work", "--queues", "analytics,default"],
            environ,
            bench.folder / "work.log",
        )
        try:
            with chat_world.web(environ, bench.folder, port) as process:
                member = Member(port)
                good = [
                    pages(member, chosen.probes),
                    talk(member, agent, chosen.messages),
                    crowd(member, agent, chosen.sockets, chosen.probes, process.pid),
                ]
        finally:
            machine.end(worker)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
