"""How processes of one machine ask each other for vectors: frames of JSON over a Unix socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from pitchbar.clients.vectors import (
    Collection,
    Found,
    Point,
    Probe,
    SparseVector,
    VectorStore,
    Where,
)

_LENGTH = struct.Struct(">I")
# 5,000 points of 1,536 numbers are written in 150 MB; who sends more is none of ours.
_MOST_BYTES = 256 << 20


class BrokenFrame(Exception):
    """The other side went away, or speaks something else."""


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    body = orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY)
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket) -> Any:
    (length,) = _LENGTH.unpack(_read(connection, _LENGTH.size))
    if length > _MOST_BYTES:
        raise BrokenFrame("a frame that is too long")
    try:
        return orjson.loads(_read(connection, length))
    except orjson.JSONDecodeError as error:
        raise BrokenFrame("a frame that is no JSON") from error


def call_of(method: str, *args: Any) -> dict[str, Any]:
    return {"method": method, "args": [_plain(one) for one in args]}


def answer_call(store: VectorStore, call: Mapping[str, Any]) -> Any:
    """Runs one of the known methods, with arguments that are read as what it takes."""
    read = _READERS[call["method"]]
    result = getattr(store, call["method"])(*read(*call["args"]))
    return _plain(result)


def read_answer(method: str, result: Any) -> Any:
    if method == "query":
        return [[Found(**one) for one in found] for found in result]
    if method == "scroll":
        return [Found(**one) for one in result[0]], result[1]
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, Collection | Where | Found):
        return asdict(value)
    if isinstance(value, Probe):
        vector = value.vector
        plain = asdict(vector) if isinstance(vector, SparseVector) else list(vector)
        return {**vars(value), "vector": plain, "where": asdict(value.where)}
    if isinstance(value, Point):
        dense = None if value.dense is None else list(value.dense)
        return {**vars(value), "dense": dense, "sparse": asdict(value.sparse)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _where(plain: Mapping[str, Any]) -> Where:
    def as_tuple(name: str) -> Any:
        return None if plain[name] is None else tuple(plain[name])

    return Where(plain["workspace_id"], as_tuple("generation_ids"), as_tuple("point_ids"))


def _sparse(plain: Mapping[str, Any]) -> SparseVector:
    return SparseVector(tuple(plain["indices"]), tuple(plain["values"]))


def _probe(plain: Mapping[str, Any]) -> Probe:
    vector = plain["vector"]
    read = _sparse(vector) if isinstance(vector, dict) else vector
    return Probe(plain["using"], read, _where(plain["where"]), plain["limit"])


def _point(plain: Mapping[str, Any]) -> Point:
    return Point(plain["id"], plain["dense"], _sparse(plain["sparse"]), plain["payload"])


_READERS: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "upsert": lambda one, points: (Collection(**one), [_point(point) for point in points]),
    "delete": lambda name, where: (name, _where(where)),
    "query": lambda one, probes: (Collection(**one), [_probe(probe) for probe in probes]),
    "scroll": lambda name, where, after, limit: (name, _where(where), after, limit),
    "count": lambda name, where: (name, _where(where)),
    "list_collections": lambda: (),
    "drop": lambda name: (name,),
}


def _read(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(1 << 20, length - len(parts)))
        if not part:
            raise BrokenFrame("the other side went away")
        parts += part
    return bytes(parts)
