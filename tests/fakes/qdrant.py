"""The part of Qdrant's REST API that we use, over HTTP on this machine, with real scores: dot
products, and words weighed by how rare they are in the corpus that is named.
"""

import json
import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


class FakeQdrant:
    """`collections` by name; `asked` has the requests; set `status` to have it refuse."""

    def __init__(self) -> None:
        self.collections: dict[str, Json] = {}
        self.points: dict[str, dict[str, Json]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.status = 0
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, body: Json, key: str) -> tuple[int, Any]:
        with self.lock:
            self.asked.append((method, path, key))
            if self.status:
                return self.status, None
            for wanted, pattern, act in _ROUTES:
                if method == wanted and (match := re.fullmatch(pattern, path)):
                    return act(self, body, *match.groups())
        return 404, None

    def list_collections(self, body: Json) -> tuple[int, Any]:
        return 200, {"collections": [{"name": name} for name in self.collections]}

    def exists(self, body: Json, name: str) -> tuple[int, Any]:
        return 200, {"exists": name in self.collections}

    def create(self, body: Json, name: str) -> tuple[int, Any]:
        if name in self.collections:
            return 409, None
        self.collections[name] = {**body, "indexes": {}}
        self.points[name] = {}
        return 200, True

    def drop(self, body: Json, name: str) -> tuple[int, Any]:
        self.points.pop(name, None)
        return 200, self.collections.pop(name, None) is not None

    def create_index(self, body: Json, name: str) -> tuple[int, Any]:
        self.collections[name]["indexes"][body["field_name"]] = body["field_schema"]
        return 200, {"status": "completed", "operation_id": 1}

    def upsert(self, body: Json, name: str) -> tuple[int, Any]:
        if name not in self.collections:
            return 404, None
        size = self.collections[name].get("vectors", {}).get("dense", {}).get("size")
        for point in body["points"]:
            dense = point["vector"].get("dense")
            if dense is not None and len(dense) != size:
                return 400, None
            self.points[name][point["id"]] = point
        return 200, {"status": "completed", "operation_id": 1}

    def delete(self, body: Json, name: str) -> tuple[int, Any]:
        for gone in [one["id"] for one in self._matching(name, body["filter"])]:
            del self.points[name][gone]
        return 200, {"status": "completed", "operation_id": 1}

    def query_batch(self, body: Json, name: str) -> tuple[int, Any]:
        return 200, [{"points": self._query(name, one)} for one in body["searches"]]

    def scroll(self, body: Json, name: str) -> tuple[int, Any]:
        found = sorted(self._matching(name, body.get("filter")), key=lambda one: one["id"])
        if after := body.get("offset"):
            found = [one for one in found if one["id"] >= after]
        limit = body["limit"]
        following = found[limit]["id"] if len(found) > limit else None
        shown = [{"id": one["id"], "payload": one["payload"]} for one in found[:limit]]
        return 200, {"points": shown, "next_page_offset": following}

    def count(self, body: Json, name: str) -> tuple[int, Any]:
        return 200, {"count": len(self._matching(name, body.get("filter")))}

    def _query(self, name: str, asked: Json) -> list[Json]:
        vector, using = asked["query"], asked["using"]
        # The client may wrap it.
        vector = vector.get("nearest", vector) if isinstance(vector, dict) else vector
        found = self._matching(name, asked.get("filter"))
        if using == "sparse":
            corpus = ((asked.get("params") or {}).get("idf") or {}).get("corpus")
            scores = _by_words(vector, found, self._matching(name, corpus))
        else:
            scores = _by_meaning(vector, found)
        ranked = sorted(scores, key=lambda pair: -pair[0])[: asked["limit"]]
        return [
            {"id": one["id"], "version": 1, "score": score, "payload": one["payload"]}
            for score, one in ranked
        ]

    def _matching(self, name: str, chosen: Json | None) -> list[Json]:
        conditions = (chosen or {}).get("must") or []
        return [
            one
            for one in self.points.get(name, {}).values()
            if all(_holds(condition, one) for condition in conditions)
        ]


def _holds(condition: Json, point: Json) -> bool:
    if "has_id" in condition:
        return point["id"] in condition["has_id"]
    value, match = point["payload"].get(condition["key"]), condition["match"]
    return value in match["any"] if "any" in match else bool(value == match["value"])


def _by_meaning(vector: list[float], points: list[Json]) -> list[tuple[float, Json]]:
    return [
        (sum(a * b for a, b in zip(vector, dense, strict=True)), one)
        for one in points
        if (dense := one["vector"].get("dense")) is not None
    ]


def _by_words(vector: Json, points: list[Json], corpus: list[Json]) -> list[tuple[float, Json]]:
    def weights(point: Json) -> dict[int, float]:
        sparse = point["vector"]["sparse"]
        return dict(zip(sparse["indices"], sparse["values"], strict=True))

    everywhere = [weights(one) for one in corpus]
    rarity = {}
    for word in vector["indices"]:
        count = sum(1 for one in everywhere if word in one)
        rarity[word] = math.log(1 + (len(corpus) - count + 0.5) / (count + 0.5))
    asked = dict(zip(vector["indices"], vector["values"], strict=True))
    scored = []
    for one in points:
        own = weights(one)
        shared = asked.keys() & own.keys()
        if shared:
            scored.append((sum(asked[w] * own[w] * rarity[w] for w in shared), one))
    return scored


_ROUTES: list[tuple[str, str, Callable[..., tuple[int, Any]]]] = [
    ("GET", r"/collections", FakeQdrant.list_collections),
    ("GET", r"/collections/([^/]+)/exists", FakeQdrant.exists),
    ("PUT", r"/collections/([^/]+)", FakeQdrant.create),
    ("DELETE", r"/collections/([^/]+)", FakeQdrant.drop),
    ("PUT", r"/collections/([^/]+)/index", FakeQdrant.create_index),
    ("PUT", r"/collections/([^/]+)/points", FakeQdrant.upsert),
    ("POST", r"/collections/([^/]+)/points/delete", FakeQdrant.delete),
    ("POST", r"/collections/([^/]+)/points/query/batch", FakeQdrant.query_batch),
    ("POST", r"/collections/([^/]+)/points/scroll", FakeQdrant.scroll),
    ("POST", r"/collections/([^/]+)/points/count", FakeQdrant.count),
]


@contextmanager
def fake_qdrant() -> Iterator[tuple[str, FakeQdrant]]:
    """Its address, and what it holds."""
    fake = FakeQdrant()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            path = self.path.partition("?")[0]
            status, result = fake.answer(
                self.command, path, body, self.headers.get("api-key") or ""
            )
            told = "ok" if status == 200 else {"error": "refused"}
            data = json.dumps({"result": result, "status": told, "time": 0.0}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
