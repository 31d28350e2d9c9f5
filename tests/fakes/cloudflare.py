"""Cloudflare's API for Workers, as small as the tests need it, and as strict as the real one."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

ACCOUNT = "0123456789abcdef0123456789abcdef"
TOKEN = "cf-token-of-the-tests"

_CRON = re.compile(r"^(\S+ ){4}\S+$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


class Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Script:
    module: str
    metadata: dict[str, Any]
    secrets: dict[str, str]
    modified_on: str
    schedules: list[str] = field(default_factory=list)


@dataclass
class Answer:
    """What the next request gets in place of the usual."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0


class FakeCloudflare:
    """`scripts` is what the account holds, `calls` each request as "METHOD rest of the path"."""

    def __init__(self) -> None:
        self.url = ""
        self.scripts: dict[str, Script] = {}
        self.calls: list[str] = []
        self.answers: list[Answer | None] = []
        self._uploads = 0

    def answer_next(self, *answers: Answer | None) -> None:
        """The next requests get these; None stands for the usual."""
        self.answers.extend(answers)

    def refuse_next(self, status: int, *errors: tuple[int, str], **headers: str) -> None:
        listed = [{"code": code, "message": message} for code, message in errors]
        body = json.dumps({"success": False, "errors": listed, "messages": [], "result": None})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer_next(Answer(status, body.encode(), named))

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        rest = request.path.removeprefix(f"/client/v4/accounts/{ACCOUNT}/workers/scripts")
        self.calls.append(f"{request.method} {rest or '/'}")
        with request:
            response = self._planned() or self._usual(request, rest)
        return response(environ, start_response)

    def _planned(self) -> Response | None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            return None
        sleep(answer.after_seconds)
        return Response(
            answer.body, answer.status, headers=answer.headers, content_type="application/json"
        )

    def _usual(self, request: Request, rest: str) -> Response:
        try:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                raise Refused(403, 10000, "Authentication error")
            if rest == request.path:
                raise Refused(404, 7003, "Could not route to this path")
            result = self._route(request, rest.strip("/").split("/"))
        except Refused as refused:
            error = {"code": refused.code, "message": str(refused)}
            return _envelope(refused.status, success=False, errors=[error], result=None)
        if request.method == "DELETE":
            return Response(status=200)
        return _envelope(200, success=True, errors=[], result=result)

    def _route(self, request: Request, path: list[str]) -> Any:
        match request.method, path:
            case "GET", [""]:
                return [self._describe(name) for name in self.scripts]
            case "PUT", [name]:
                return self._upload(request, name)
            case "DELETE", [name]:
                self._script(name)
                return self.scripts.pop(name)
            case "GET", [name, "schedules"]:
                return {"schedules": [{"cron": cron} for cron in self._script(name).schedules]}
            case "PUT", [name, "schedules"]:
                return self._put_schedules(self._script(name), request.get_json())
            case "GET", [name, "secrets"]:
                return [{"name": one, "type": "secret_text"} for one in self._script(name).secrets]
            case "PUT", [name, "secrets"]:
                return self._put_secret(self._script(name), request.get_json())
        raise Refused(405, 10405, "Method not allowed for this authentication scheme")

    def _script(self, name: str) -> Script:
        if name not in self.scripts:
            raise Refused(404, 10007, "This Worker does not exist on your account.")
        return self.scripts[name]

    def _describe(self, name: str) -> dict[str, str]:
        return {"id": name, "modified_on": self.scripts[name].modified_on}

    def _upload(self, request: Request, name: str) -> dict[str, str]:
        if request.mimetype != "multipart/form-data" or "metadata" not in request.form:
            raise Refused(400, 10001, "metadata part is missing")
        metadata = json.loads(request.form["metadata"])
        module = request.files.get(metadata.get("main_module", ""))
        if module is None or module.content_type != "application/javascript+module":
            raise Refused(400, 10021, "main_module is no ES module of this upload")
        if not _DAY.match(metadata.get("compatibility_date", "")):
            raise Refused(400, 10021, "compatibility_date is missing")
        secrets = dict(self._read_secret(binding) for binding in metadata["bindings"])
        schedules = self.scripts[name].schedules if name in self.scripts else []
        self._uploads += 1
        changed = f"2026-11-21T10:00:{self._uploads:02d}.000000Z"
        text = module.read().decode()
        # Without keep_bindings, whatever was bound before is gone.
        self.scripts[name] = Script(text, metadata, secrets, changed, schedules)
        return self._describe(name)

    def _read_secret(self, binding: Any) -> tuple[str, str]:
        if binding.get("type") != "secret_text" or not binding.get("name"):
            raise Refused(400, 10021, "unknown binding")
        if not binding.get("text"):
            raise Refused(400, 10021, "a secret has no text")
        return binding["name"], binding["text"]

    def _put_secret(self, script: Script, body: Any) -> dict[str, str]:
        name, text = self._read_secret(body)
        script.secrets[name] = text
        return {"name": name, "type": "secret_text"}

    def _put_schedules(self, script: Script, body: Any) -> dict[str, Any]:
        crons = [entry["cron"] for entry in body]
        if not all(_CRON.match(cron) for cron in crons):
            raise Refused(400, 10100, "invalid cron string")
        script.schedules = crons
        return {"schedules": body}


def _envelope(status: int, **content: Any) -> Response:
    body = json.dumps({"messages": [], **content})
    return Response(body, status, content_type="application/json")


@contextmanager
def running_cloudflare() -> Iterator[FakeCloudflare]:
    fake = FakeCloudflare()
    server = make_server("127.0.0.1", 0, fake, threaded=True)
    fake.url = f"http://127.0.0.1:{server.server_port}/client/v4"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
