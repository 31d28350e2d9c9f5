"""The same blank page with nothing on it, with our widget, and with widgets of others, each from
this machine: theirs come from the packages they publish, and are kept for the run alone.
"""

import gzip
import json
import mimetypes
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli

from tests.support.host_site import snippet
from tests.support.loopback import Answer, LoopbackServer, Request
from tests.support.widget_api import fake_api

_BLANK = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blank</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">{head}</head><body><h1>Cups</h1><p>Made by hand.</p>{body}</body>
</html>"""


@dataclass(frozen=True)
class Contender:
    """A widget and its page. `opened` is what in it is typed into, `launcher` what opens it; both
    are looked for in every shadow root.
    """

    name: str
    package: str = ""
    head: str = ""
    body: str = ""
    launcher: str = "button"
    opened: str = "textarea, input[type=text], input:not([type])"


# What each one's own guide says to put into a page, with this machine for an address.
PEERS = (
    Contender(
        "Typebot",
        "@typebot.io/js",
        body='<script type="module">import bot from "/package/dist/web.js"; '
        'bot.initBubble({ typebot: "one", apiHost: location.origin });</script>',
    ),
    Contender(
        "Flowise",
        "flowise-embed",
        body='<script type="module">import bot from "/package/dist/web.js"; '
        'bot.init({ chatflowid: "one", apiHost: location.origin });</script>',
    ),
    Contender(
        "n8n",
        "@n8n/chat",
        head='<link href="/package/dist/style.css" rel="stylesheet">',
        body='<script type="module">import { createChat } from "/package/dist/chat.bundle.es.js"; '
        'createChat({ webhookUrl: location.origin + "/hook", loadPreviousSession: false });'
        "</script>",
        launcher=".chat-window-toggle",
        opened=".chat-window textarea",
    ),
)
# What they ask their servers for, and take for an answer.
_SAID: dict[str, Any] = {
    "/api/v1/public-chatbotConfig/one": {},
    "/api/v1/chatflows-streaming/one": {"isStreaming": False},
    "/api/v1/typebots/one/startChat": {
        "sessionId": "one",
        "typebot": {"id": "one", "theme": {}, "settings": {}, "version": "6.1"},
        "messages": [
            {
                "id": "m1",
                "type": "text",
                "content": {
                    "type": "richText",
                    "richText": [{"type": "p", "children": [{"text": "Hello."}]}],
                },
            }
        ],
        "input": {"id": "i1", "type": "text input", "options": {}},
    },
    "/hook": {"output": "Hello."},
}


def fetch_packages(folder: Path, peers: Sequence[Contender]) -> dict[str, Path]:
    """By name; those that cannot be had are said, and left out."""
    found = {}
    for peer in peers:
        target = folder / peer.name
        target.mkdir()
        if shutil.which("npm") is None:
            print(f"{peer.name} is left out: there is no npm", flush=True)
            continue
        packing = ["npm", "pack", peer.package, "--silent"]
        done = subprocess.run(packing, cwd=target, capture_output=True, check=False)
        archives = list(target.glob("*.tgz"))
        if done.returncode or not archives:
            print(f"{peer.name} is left out: {peer.package} cannot be fetched", flush=True)
            continue
        with tarfile.open(archives[0]) as archive:
            archive.extractall(target, filter="data")
        found[peer.name] = target
    return found


def version_of(folder: Path) -> str:
    found: str = json.loads((folder / "package" / "package.json").read_text())["version"]
    return found


@contextmanager
def served(contender: Contender, folder: Path | None = None) -> Iterator[str]:
    """The address of its page; every file is sent compressed."""
    cache: dict[tuple[str, bool], Answer] = {}

    def file(path: str, takes_brotli: bool) -> Answer:
        found = (folder or Path("/nowhere")) / path.lstrip("/")
        if not found.is_file() or ".." in path:
            return Answer(404, b"", "text/plain")
        body, kind = found.read_bytes(), mimetypes.guess_type(path)[0] or "text/plain"
        kind = "text/javascript" if path.endswith(".mjs") else kind
        packed = brotli.compress(body) if takes_brotli else gzip.compress(body)
        headers = {"Content-Encoding": "br" if takes_brotli else "gzip"}
        return Answer(200, packed, f"{kind}; charset=utf-8", headers)

    def handle(request: Request) -> Answer:
        if request.path == "/":
            page = _BLANK.format(head=contender.head, body=contender.body)
            return Answer(200, page.encode(), "text/html; charset=utf-8")
        if request.path in _SAID:
            return Answer(200, json.dumps(_SAID[request.path]).encode())
        key = (request.path, "br" in request.headers.get("Accept-Encoding", ""))
        if key not in cache:
            cache[key] = file(*key)
        return cache[key]

    server = LoopbackServer(handle)
    try:
        yield f"{server.url}/"
    finally:
        server.stop()


@contextmanager
def ours() -> Iterator[Contender]:
    with fake_api() as api:
        yield Contender("Pitchbar", body=snippet(api.url))
