"""ClickHouse's HTTP interface over its real engine, which chdb runs within this process.

A program of its own, as one process holds one such engine:

    python tests/fakes/clickhouse.py FOLDER

It prints its port, and ends when its standard input does. `POST /told?mode=fail` makes it answer
with errors from then on, `hang` not at all, `lose` take rows and break off the answer; `ok` mends
it.
"""

import email
import email.policy
import itertools
import os
import re
import shutil
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import lz4.frame
from chdb.session import Session

# Of the connection, and not of the query.
_NO_SETTINGS = {
    "query", "database", "query_id", "session_id", "wait_end_of_query", "default_format",
    "client_protocol_version", "enable_http_compression", "send_progress_in_http_headers",
    "http_headers_progress_interval_ms", "user", "password", "compress", "decompress",
}  # fmt: skip
# The client's own words for these are those of the server's newest versions.
_NOT_FORWARDED = {"date_time_input_format", "cast_string_to_dynamic_use_inference"}

# Behind the line, its data.
_INSERT = re.compile(rb"\s*(INSERT INTO [^\n]+ FORMAT \w+)\s*\n")


class Engine:
    """Runs one query after the other."""

    def __init__(self, folder: Path) -> None:
        self._session = Session(str(folder / "data"))
        self._folder = folder
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self.mode = "ok"
        self.mended = threading.Event()

    def run(self, query: str, data: bytes, values: dict[str, str]) -> bytes:
        parameters = {
            name.removeprefix("param_"): value
            for name, value in values.items()
            if name.startswith("param_")
        }
        settings = {
            name: value
            for name, value in values.items()
            if not name.startswith("param_") and name not in _NO_SETTINGS | _NOT_FORWARDED
        }
        with self._lock:
            self._session.query(f"USE {values.get('database') or 'default'}")
            self._set(settings)
            try:
                if data:
                    return self._insert(query, data)
                form = values.get("default_format", "TabSeparated")
                answer = self._session.query(query, form, params=parameters)
                return bytes(answer.bytes() or b"")
            finally:
                self._set(dict.fromkeys(settings, "DEFAULT"))

    def _set(self, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            quoted = value if value == "DEFAULT" or value.isdigit() else f"'{value}'"
            self._session.query(f"SET {name} = {quoted}")

    def _insert(self, query: str, data: bytes) -> bytes:
        """Through a file, as the engine takes queries as text alone."""
        into, _, form = query.rstrip().rpartition(" FORMAT ")
        path = self._folder / f"insert-{next(self._numbers)}"
        path.write_bytes(data)
        try:
            self._session.query(f"{into} FROM INFILE '{path}' FORMAT {form}")
        finally:
            path.unlink()
        return b""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_GET(self) -> None:
        if self._is_fine():
            self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        values = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = self._read_body()
        if parts.path == "/told":
            self.engine.mode = values["mode"]
            self.engine.mended.set()
            self.engine.mended = threading.Event()
            self._answer(200, b"")
            return
        if not self._is_fine():
            return
        if self.headers.get_content_type() == "multipart/form-data":
            values |= self._read_form(body)
            body = b""
        said = b"\n".join(filter(None, (values.get("query", "").encode(), body)))
        insert = _INSERT.match(said)
        query, data = (insert[1], said[insert.end() :]) if insert else (said, b"")
        try:
            answer = self.engine.run(query.decode(), data, values)
        except RuntimeError as error:
            code = str(error).removeprefix("Code: ").partition(".")[0]
            self._answer(500, str(error).encode(), {"X-ClickHouse-Exception-Code": code})
            return
        if self.engine.mode == "lose" and insert:
            self.close_connection = True
            return
        self._answer(200, answer, {"X-ClickHouse-Timezone": "UTC"})

    def _is_fine(self) -> bool:
        if self.engine.mode == "hang":
            self.engine.mended.wait(60)
            self.close_connection = True
            return False
        if self.engine.mode == "fail":
            self._answer(503, b"Code: 202. DB::Exception: Too many simultaneous queries")
            return False
        return True

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(chunks)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "lz4":
            body = _decompressed(body)
        return body

    def _read_form(self, body: bytes) -> dict[str, str]:
        kind = self.headers["Content-Type"].encode()
        message = email.message_from_bytes(
            b"Content-Type: " + kind + b"\r\n\r\n" + body, policy=email.policy.HTTP
        )
        fields: dict[str, str] = {}
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                fields[str(part.get_param("name", header="content-disposition"))] = payload.decode()
        return fields

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def _decompressed(body: bytes) -> bytes:
    """Of frames, one behind the other."""
    found = []
    while body:
        frame = lz4.frame.LZ4FrameDecompressor()
        found.append(frame.decompress(body))
        body = frame.unused_data or b""
    return b"".join(found)


def main() -> None:
    folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
    Handler.engine = Engine(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    # Its threads would be waited for, some of which end with a crash.
    os._exit(0)


if __name__ == "__main__":
    main()
