"""The inbox with many conversations, on PostgreSQL and Redis, through a real server.

    bin/bench inbox [--conversations 100000] [--messages 50] [--sockets 300] [--probes 40]

A workspace with so many conversations of six messages. Then: how long lists, searches and threads
take; how long a message takes from a person to the visitor, whose widget waits by the long poll,
and back to an open page of the inbox; and with so many pages of the inbox open (each a socket of
its own), the memory of the web process and the same lists once more.
"""

import argparse
import http.client
import json
import random
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import chat_world, machine
from bench.jobs import Bench, at_scale

TARGET_MS, MESSAGE_MS = 200.0, 1000.0
EMAIL, PASSWORD = "inbox@bench.example", "a quiet horse counts to nine"
_WORDS = (Path(__file__).resolve().parent.parent / "docs/concepts.md").read_text().split()
_PER_CONVERSATION = 6
_AT_ONCE = 2_000
_RARE = "kingfisher"


def fill(bench: Bench, count: int) -> str:
    """Returns the agent's public id."""
    from sqlalchemy import insert, text

    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.agents.models import Agent
    from pitchbar.agents.services import create_agent, publish_agent
    from pitchbar.chat.models import ENDED, OPEN, Conversation, Message, Visitor
    from pitchbar.core import clock
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.workspaces.services import create_workspace

    rng, now = random.Random(16), clock.now()
    with create_app(bench.settings).app_context():
        owner = create_person(email=EMAIL, name="Ada", password=PASSWORD, is_proven=True)
        workspace = create_workspace(name="Bench", time_zone="UTC", owner=owner, slug="bench")
        agents: list[Agent] = [
            create_agent(workspace, SYSTEM, bench.settings, name=name, allowed_origins=("*",))
            for name in ("Nora", "Other")
        ]
        publish_agent(agents[0], SYSTEM, bench.settings)
        db.session.commit()
        for start in range(0, count, _AT_ONCE):
            some = range(start, min(count, start + _AT_ONCE))
            visitors, conversations, messages = [], [], []
            for n in some:
                at = now - timedelta(seconds=30 * (count - n))
                visitors.append(
                    {"id": n + 1, "workspace_id": workspace.id, "public_id": uuid.uuid4()}
                )
                conversations.append(
                    {
                        "id": n + 1,
                        "public_id": uuid.uuid4(),
                        "workspace_id": workspace.id,
                        "agent_id": agents[n % 10 == 0].id,
                        "visitor_id": n + 1,
                        "status": OPEN if n % 10 < 1 else ENDED,
                        "is_unanswered": n % 25 == 0,
                        "messages": _PER_CONVERSATION,
                        "started_at": at,
                        "last_message_at": at,
                        "human_requested_at": at if n % 5_000 == 0 else None,
                    }
                )
                for k in range(_PER_CONVERSATION):
                    words = rng.choices(_WORDS, k=24) + ([_RARE] if n % 1_000 == 0 else [])
                    messages.append(
                        {
                            "id": uuid.UUID(int=((n * 10 + k + 1) << 64) | rng.getrandbits(62)),
                            "workspace_id": workspace.id,
                            "conversation_id": n + 1,
                            "role": ("visitor", "agent")[k % 2],
                            "text": " ".join(words),
                            "created_at": at,
                        }
                    )
            db.session.execute(insert(Visitor), visitors)
            db.session.execute(insert(Conversation), conversations)
            db.session.execute(insert(Message), messages)
            db.session.commit()
        for table in ("chat_visitors", "conversations"):
            db.session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count + 1})")
            )
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        public_id = agents[0].public_id
        db.session.remove()
        db.engine.dispose()
    return public_id


class Member:
    """Signed in; `get` and `post` give the answer's text."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        page = self.get("/login")
        self.post("/login", page, email=EMAIL, password=PASSWORD)

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
    print(f"{what:<46} median {median:6.0f} ms  p95 {worst:6.0f} ms  {verdict}", flush=True)
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
        "search for a rare word": [f"/w/bench/conversations?list=all&q={_RARE}"],
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
    import simple_websocket

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


def crowd(member: Member, sockets: int, probes: int, pid: int) -> bool:
    import simple_websocket

    before = chat_world.resident_mb(pid)
    url = f"ws://127.0.0.1:{member.port}/w/bench/conversations/socket?list=open"
    headers = {"Cookie": member.cookie, "Origin": f"http://localhost:{member.port}"}
    opened = [simple_websocket.Client(url, headers=headers) for _ in range(sockets)]
    for one in opened:
        one.receive(timeout=30)
    memory = chat_world.resident_mb(pid)
    print(f"{sockets} sockets: {before:.0f} MB before, {memory:.0f} MB with them", flush=True)
    good = pages(member, probes, label=f"{sockets} sockets, ")
    for one in opened:
        one.close()
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=50)
    parser.add_argument("--sockets", type=int, default=300)
    parser.add_argument("--probes", type=int, default=40)
    chosen = parser.parse_args()
    with at_scale() as bench:
        agent = fill(bench, chosen.conversations)
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
                    crowd(member, chosen.sockets, chosen.probes, process.pid),
                ]
        finally:
            machine.end(worker)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
