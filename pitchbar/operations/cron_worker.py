"""The Cloudflare Worker that posts the queue tick each minute, for places without a scheduler."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, StrictUndefined

from pitchbar.clients.cloudflare import Cloudflare

EVERY_MINUTE = "* * * * *"
TICK_PATH = "/api/v1/internal/queue-tick"

_TEMPLATE = Path(__file__).with_name("cron_worker.js.jinja")
_TOKEN = "INTERNAL_QUEUE_TOKEN"  # noqa: S105  # a name, no secret
_TOKEN_BEFORE = "INTERNAL_QUEUE_TOKEN_BEFORE"  # noqa: S105
# What the answer takes on its way, on top of the longest pass.
_SPARE_SECONDS = 15


class CronWorkerError(Exception):
    """A sentence for the operator: what to set before this can work."""


@dataclass(frozen=True)
class WorkerStatus:
    """What Cloudflare has. `changed_at` is None when there is no such Worker."""

    name: str
    changed_at: str | None
    schedules: list[str]
    has_token: bool
    is_rotating: bool

    @property
    def is_ticking(self) -> bool:
        return self.changed_at is not None and EVERY_MINUTE in self.schedules and self.has_token


def render_worker(tick_url: str, parameters: dict[str, Any]) -> str:
    """The Worker's source, with the address and the pass's limits baked in, without the token.

    `parameters` are the body of the tick: `max_time` and `job_timeout` in seconds, `queues`.
    """
    seconds = parameters["max_time"] + parameters["job_timeout"] + _SPARE_SECONDS
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        _TEMPLATE.read_text()
    )
    return template.render(tick_url=tick_url, parameters=parameters, timeout_ms=seconds * 1000)


def tick_url(app_url: str) -> str:
    """Where the Worker posts to.

    Raises:
        CronWorkerError: Cloudflare could not reach it, or the token would travel in the clear.
    """
    parts = urlsplit(app_url)
    if parts.scheme != "https" or parts.hostname in (None, "localhost", "127.0.0.1", "::1"):
        raise CronWorkerError(
            f"APP_URL is {app_url}: the Worker needs a public address that starts with https://."
        )
    return app_url.rstrip("/") + TICK_PATH


def deploy_worker(cloudflare: Cloudflare, name: str, module: str, token: str) -> None:
    """Uploads the Worker with its secret, then sets its schedule; may be repeated at will.

    The token before a rotation goes: an upload replaces everything that was bound.
    """
    if not token:
        raise CronWorkerError(
            "INTERNAL_QUEUE_TOKEN is not set. Set it, here and where the application runs, to a "
            f"long random value such as {new_token()}."
        )
    cloudflare.upload_worker(name, module, {_TOKEN: token})
    cloudflare.put_schedules(name, [EVERY_MINUTE])


def rotate_token(cloudflare: Cloudflare, name: str, token_before: str) -> str:
    """Gives the Worker a new token and returns it, for INTERNAL_QUEUE_TOKEN.

    The Worker keeps the old one beside it and falls back on it, so no tick is lost until the
    application is restarted with the new one. The old one is put first: after a failure between
    the two the Worker goes on as before.
    """
    _require_worker(cloudflare, name)
    token = new_token()
    if token_before:
        cloudflare.put_secret(name, _TOKEN_BEFORE, token_before)
    cloudflare.put_secret(name, _TOKEN, token)
    return token


def destroy_worker(cloudflare: Cloudflare, name: str) -> bool:
    """Whether there was one."""
    if cloudflare.find_worker(name) is None:
        return False
    cloudflare.delete_worker(name)
    return True


def get_worker_status(cloudflare: Cloudflare, name: str) -> WorkerStatus:
    worker = cloudflare.find_worker(name)
    if worker is None:
        return WorkerStatus(name, None, [], has_token=False, is_rotating=False)
    bound = cloudflare.list_secrets(name)
    return WorkerStatus(
        name,
        worker.changed_at,
        cloudflare.list_schedules(name),
        has_token=_TOKEN in bound,
        is_rotating=_TOKEN_BEFORE in bound,
    )


def new_token() -> str:
    return secrets.token_urlsafe(32)


def _require_worker(cloudflare: Cloudflare, name: str) -> None:
    if cloudflare.find_worker(name) is None:
        raise CronWorkerError(
            f"There is no Worker named {name} yet. Run pitchbar deploy-cron-worker first."
        )
