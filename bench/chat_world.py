"""An installation of its own for the bench of the chat: a web process under gevent, our docs as a
source, an agent that may be embedded anywhere, and an endpoint of a model.
"""

import asyncio
import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import event

from bench import machine

ORIGIN = "https://shop.example"
# From its first word on: what stands behind “Without” alone says the opposite.
_SENTENCE = re.compile(r"(?:^|(?<=[.:] ))[A-Z][a-z]+(?: [a-z,-]+){6,30}\.", re.MULTILINE)
_MATERIAL = re.compile(r"^Material \[(\d+)\]$", re.MULTILINE)
_EVENT = '{"choices":[{"delta":{"content":%s}}]}'


def environ_of(folder: Path, port: int, model_url: str) -> dict[str, str]:
    model = {"LLM_BASE_URL": model_url, "LLM_MODEL": "bench", "LLM_TIMEOUT": "600"}
    return {
        "APP_ENV": "production",
        "APP_KEY": "only for this bench, only for this bench",
        "APP_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "DATA_DIR": str(folder / "data"),
        "LOG_LEVEL": "ERROR",
        "WEB_CONCURRENCY": "1",
        "RATELIMIT_ENABLED": "false",
        "CHAT_MAX_STREAMS": "2000",
        **(model if model_url else {}),
    }


def prepare(environ: dict[str, str], docs: Path) -> str:
    """Reads, embeds and indexes the docs; returns the agent's public id."""
    from flask_migrate import upgrade

    from bench.retrieval_world import make_corpus, read_markdown
    from pitchbar import create_app
    from pitchbar.agents.config import AgentConfig
    from pitchbar.agents.models import Agent, AgentVersion
    from pitchbar.core.tokens import new_agent_id
    from pitchbar.extensions import db
    from pitchbar.retrieval.backends import close_stores
    from pitchbar.settings import load_settings

    with create_app(load_settings(environ)).app_context():
        upgrade()
        corpus = make_corpus("docs", read_markdown(docs))
        # Any question is answered: how well is not what is measured here.
        config = AgentConfig(threshold=0.0).stored()
        agent = Agent(
            workspace_id=corpus.workspace_id,
            public_id=new_agent_id(),
            name="Bench",
            draft=config,
            allowed_origins=["*"],
            restricted_paths=[],
        )
        db.session.add(agent)
        db.session.flush()
        version = AgentVersion(
            workspace_id=corpus.workspace_id, agent_id=agent.id, number=1, config=config
        )
        db.session.add(version)
        db.session.flush()
        agent.published_version_id = version.id
        db.session.commit()
        public_id = agent.public_id
        db.session.remove()
        db.engine.dispose()
    close_stores()
    return public_id


@contextmanager
def web(environ: dict[str, str], folder: Path, port: int) -> Iterator[psutil.Process]:
    """The process that serves, not the one that watches it."""
    arguments = [machine.program("gunicorn"), "wsgi:app"]
    with machine.running(arguments, environ, folder / "web.log", port) as started:
        url = f"http://127.0.0.1:{port}/up"
        machine.wait_until(lambda: machine.answers(url), 30, f"server: {folder / 'web.log'}")
        yield psutil.Process(started.pid).children()[0]


def tokens_of(port: int, agent: str, count: int) -> list[str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    tokens = []
    for _ in range(count):
        connection.request("POST", "/api/v1/widget/init", json.dumps({"agent": agent}), headers)
        tokens.append(json.loads(connection.getresponse().read())["token"])
    connection.close()
    return tokens


def resident_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def quoted_from(asked: dict[str, Any]) -> str:
    """A sentence of the passages, as a model would cite it; its citation is then checked. One that
    does not hold would be left out, and nothing be heard.
    """
    material = asked["messages"][-1]["content"]
    found = _SENTENCE.search(material)
    if found is None:
        return "NO_ANSWER"
    number = _MATERIAL.findall(material[: found.start()])[-1]
    return f"{found[0][:-1]} [{number}]. "


def serve_model(port: int, pause: float) -> None:
    """Says a sentence at once, and goes on after each pause until nobody listens."""
    asyncio.run(_serve_model(port, pause))


async def _serve_model(port: int, pause: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        lengths = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
        body = await reader.readexactly(int(lengths[0].partition(b":")[2]))
        sentence = quoted_from(json.loads(body))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        try:
            # The short one claims nothing, and is let through whatever becomes of the first.
            said = [sentence, "Here it is. ", "And "]
            while True:
                for text in said:
                    writer.write(f"data: {_EVENT % json.dumps(text)}\n\n".encode())
                await writer.drain()
                await asyncio.sleep(pause)
                said = ["so on, and "]
        except OSError:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


def count_statements(environ: dict[str, str], question: str) -> Iterator[str]:
    """Of one turn in this process, before its first word and after."""
    from pitchbar import create_app
    from pitchbar.chat.feeds import Feed
    from pitchbar.extensions import db
    from pitchbar.settings import load_settings

    app = create_app(load_settings({**environ, "LLM_BASE_URL": "", "LLM_MODEL": ""}))
    happened: list[str] = []
    add = Feed.add

    def note(self: Feed, name: str, **data: Any) -> None:
        happened.append(name)
        add(self, name, **data)

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        happened.append(statement.split()[0])

    with app.app_context():
        from pitchbar.agents.models import Agent

        agent = db.session.query(Agent).one().public_id
        engine = db.engine
    client, headers = app.test_client(), {"Origin": ORIGIN}
    started = client.post("/api/v1/widget/init", json={"agent": agent}, headers=headers).get_json()
    headers["Authorization"] = f"Bearer {started['token']}"
    event.listen(engine, "before_cursor_execute", hear)
    # Only the feed knows when the first word went out.
    Feed.add = note  # type: ignore[method-assign]  # for this count alone
    client.post("/api/v1/widget/messages", json={"text": question}, headers=headers).get_data()
    Feed.add = add  # type: ignore[method-assign]  # as it was
    yield from _told(happened[: happened.index("token")], "before the first word")
    yield from _told(happened[happened.index("token") :], "after it")


def _told(happened: Sequence[str], when: str) -> Iterator[str]:
    kinds = Counter(one for one in happened if one.isupper())
    writes = sum(count for kind, count in kinds.items() if kind not in ("SELECT", "PRAGMA"))
    yield f"statements {when + ':':<46} {sum(kinds.values())}, of which write {writes}"
