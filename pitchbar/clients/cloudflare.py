"""Cloudflare's REST API, as far as a cron Worker needs it.

Every answer is an envelope: `success`, `errors` (each a `code` and a `message`) and `result`.
https://developers.cloudflare.com/api/resources/workers/subresources/scripts/
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

PUBLIC_API = "https://api.cloudflare.com/client/v4"
# The runtime behaves as it did on this day, whatever Cloudflare changes later.
COMPATIBILITY_DATE = "2026-10-01"

_MODULE = "worker.js"
_TIMEOUT_SECONDS = 30.0

_SENTENCES = {
    401: "Cloudflare does not accept CLOUDFLARE_API_TOKEN.",
    403: "CLOUDFLARE_API_TOKEN may not do this: it needs the permission “Workers Scripts: Edit” "
    "on the account in CLOUDFLARE_ACCOUNT_ID.",
    404: "Cloudflare finds no such account or Worker: check CLOUDFLARE_ACCOUNT_ID and "
    "CRON_WORKER_NAME.",
    429: "Cloudflare takes no more requests from this account just now.",
}


class CloudflareError(Exception):
    """A sentence for the operator. `permanent`: trying again cannot help.

    `status` is what HTTP said, None when there was no answer.
    """

    def __init__(self, reason: str, *, status: int | None = None, permanent: bool = True) -> None:
        super().__init__(reason)
        self.status = status
        self.permanent = permanent


@dataclass(frozen=True)
class Worker:
    """A script that is there; `changed_at` is written as Cloudflare writes it."""

    name: str
    changed_at: str


class Cloudflare:
    """One account. Every call can be repeated without harm."""

    def __init__(self, account_id: str, api_token: str, api_base: str = PUBLIC_API) -> None:
        self._base = api_base.rstrip("/")
        self._scripts = f"{self._base}/accounts/{quote(account_id, safe='')}/workers/scripts"
        self._headers = {"Authorization": f"Bearer {api_token}"}

    def find_worker(self, name: str) -> Worker | None:
        # The address of one script answers with its source, not with facts about it.
        for script in self._call("GET", self._scripts) or []:
            if script.get("id") == name:
                return Worker(name, str(script.get("modified_on") or ""))
        return None

    def upload_worker(self, name: str, module: str, secrets: dict[str, str]) -> None:
        """Puts the ES module and its secrets in place, both at once; what was bound before goes."""
        metadata = {
            "main_module": _MODULE,
            "compatibility_date": COMPATIBILITY_DATE,
            "bindings": [_secret(key, value) for key, value in secrets.items()],
            "observability": {"enabled": True},
        }
        parts = {
            "metadata": (None, json.dumps(metadata), "application/json"),
            _MODULE: (_MODULE, module, "application/javascript+module"),
        }
        self._call("PUT", self._script(name), files=parts)

    def put_schedules(self, name: str, crons: Sequence[str]) -> None:
        """These schedules, and no other."""
        self._call("PUT", f"{self._script(name)}/schedules", json=[{"cron": one} for one in crons])

    def list_schedules(self, name: str) -> list[str]:
        result = self._call("GET", f"{self._script(name)}/schedules") or {}
        return [str(schedule.get("cron")) for schedule in result.get("schedules") or []]

    def put_secret(self, name: str, key: str, value: str) -> None:
        self._call("PUT", f"{self._script(name)}/secrets", json=_secret(key, value))

    def list_secrets(self, name: str) -> list[str]:
        """Their names; nobody can read their values again."""
        result = self._call("GET", f"{self._script(name)}/secrets") or []
        return [str(secret.get("name")) for secret in result]

    def delete_worker(self, name: str) -> None:
        """Its schedules and secrets go with it."""
        self._call("DELETE", self._script(name))

    def _script(self, name: str) -> str:
        return f"{self._scripts}/{quote(name, safe='')}"

    def _call(self, method: str, url: str, **content: Any) -> Any:
        """The envelope's result."""
        try:
            response = httpx.request(
                method, url, headers=self._headers, timeout=_TIMEOUT_SECONDS, **content
            )
        except httpx.TimeoutException:
            raise CloudflareError(
                f"Cloudflare did not answer within {_TIMEOUT_SECONDS:g} s. Run the command again: "
                "nothing is done twice.",
                permanent=False,
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            host = urlsplit(self._base).netloc
            raise CloudflareError(
                f"Cloudflare cannot be reached at {host}: {error}.", permanent=False
            ) from None
        return _open_envelope(response)


def _secret(key: str, value: str) -> dict[str, str]:
    return {"type": "secret_text", "name": key, "text": value}


def _open_envelope(response: httpx.Response) -> Any:
    try:
        envelope = response.json() if response.content else {}
    except ValueError:
        envelope = None
    if not isinstance(envelope, dict):
        raise _refusal(response.status_code, response.headers, [])
    if not response.is_success or envelope.get("success") is False:
        raise _refusal(response.status_code, response.headers, envelope.get("errors") or [])
    return envelope.get("result")


def _refusal(status: int, headers: httpx.Headers, errors: list[Any]) -> CloudflareError:
    sentence = _SENTENCES.get(status)
    if sentence is None and status >= 500:
        sentence = f"Cloudflare has a fault of its own just now ({status}). Try again later."
    parts = [sentence or f"Cloudflare refused the request ({status})."]
    if status == 429:
        wait = headers.get("Retry-After", "")
        parts.append(f"Try again in {wait} s." if wait.isdigit() else "Try again in 5 minutes.")
    if errors:
        parts.append("It says: " + "; ".join(_error_in_words(error) for error in errors) + ".")
    return CloudflareError(" ".join(parts), status=status, permanent=status < 500 and status != 429)


def _error_in_words(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    message = str(error.get("message") or "no reason given").rstrip(".")
    return f"{message} ({error['code']})" if error.get("code") else message
