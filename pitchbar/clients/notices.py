"""Notices into chats, written as each service wants them by Apprise.

Apprise asks by `requests`, which would connect to any address. Of the services that are taken here,
the module's `requests` is replaced by one that asks through `clients/outbound.py`: the address that
is checked is the one that is connected to, and redirects, certificates, time and size are its
business. No other service is taken, as its module would ask by itself.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from pitchbar.clients import outbound
from pitchbar.clients.outbound import OutboundError

_TIMEOUT_SECONDS = 10.0
# Written by whoever sends; the guard's own connection decides on them.
_OWN_HEADERS = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding"}
_SCHEMES = {
    "slack": ("https://hooks.slack.com/",),
    "discord": ("https://discord.com/", "https://discordapp.com/"),
    "teams": ("https://",),
    "ntfy": ("https://ntfy.sh/", "ntfy://", "ntfys://"),
}
_CLASSES = {
    "slack": ("slack", "NotifySlack"),
    "discord": ("discord", "NotifyDiscord"),
    "teams": ("workflows", "NotifyWorkflows"),
    "ntfy": ("ntfy", "NotifyNtfy"),
}
_OF_TEAMS = {"api-version", "sp", "sv", "sig"}
SERVICE_NAMES = {"slack": "Slack", "discord": "Discord", "teams": "Teams", "ntfy": "ntfy"}


class NoticeError(Exception):
    """The notice did not arrive. `permanent`: trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True)
class ChatAddress:
    """A place in a chat, as its service gives it out. `label` tells it from others, and no more."""

    service: str
    address: str
    label: str


@dataclass
class _Trip:
    """What became of the requests of one notice."""

    allow: frozenset[str]
    status: int = 0
    error: OutboundError | None = None


_trip: ContextVar[_Trip] = ContextVar("notice_trip")


def read_chat_address(typed: str) -> ChatAddress | None:
    """None for what is no address of these services."""
    address = typed.strip()
    if not address.isprintable() or len(address) > 1000 or " " in address:
        return None
    for service, beginnings in _SCHEMES.items():
        if address.lower().startswith(beginnings):
            kept = _without_options(service, address)
            if kept and _make_plugin(service, kept):
                host = urlsplit(kept).hostname or ""
                name = f"{SERVICE_NAMES[service]} at {host}"
                return ChatAddress(service, kept, f"{name[:100]}, …{kept.rstrip('/')[-4:]}")
    return None


def send_notice(
    service: str, address: str, *, title: str, text: str, allow: frozenset[str] = frozenset()
) -> None:
    """Raises NoticeError."""
    plugin = _make_plugin(service, address)
    if plugin is None:
        raise NoticeError("the address is not one of the service any more", permanent=True)
    trip = _Trip(allow)
    token = _trip.set(trip)
    try:
        arrived = plugin.notify(body=text, title=title, body_format="text")
    finally:
        _trip.reset(token)
    if not arrived:
        raise _failure(trip)


def _failure(trip: _Trip) -> NoticeError:
    if trip.error:
        permanent = trip.error.kind in ("refused_address", "bad_url")
        return NoticeError(str(trip.error), permanent=permanent)
    if 400 <= trip.status < 500 and trip.status not in (408, 425, 429):
        return NoticeError(f"the service answered {trip.status}", permanent=True)
    return NoticeError(f"the service answered {trip.status or 'nothing'}")


def _without_options(service: str, address: str) -> str:
    """Options of Apprise's own could name files, or servers: an address has none. What Teams puts
    behind the question mark belongs to its address.
    """
    parts = urlsplit(address)
    if service != "teams":
        return address.partition("?")[0] if parts.hostname and parts.path.strip("/") else ""
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return address if names <= _OF_TEAMS else ""


def _make_plugin(service: str, address: str) -> Any:
    if service not in _CLASSES:
        return None
    kind, asset = _plugin_class(service), _asset()
    is_native = address.lower().startswith("https://")
    found = kind.parse_native_url(address) if is_native else kind.parse_url(address)
    if not found:
        return None
    try:
        plugin = kind(**found, asset=asset)
    except (TypeError, ValueError):
        return None
    # How often one may ask is decided by the jobs.
    plugin.request_rate_per_sec = 0
    return plugin


@cache
def _plugin_class(service: str) -> Any:
    from importlib import import_module

    module_name, class_name = _CLASSES[service]
    module: Any = import_module(f"apprise.plugins.{module_name}")
    module.requests = _GuardedRequests()
    return getattr(module, class_name)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Pitchbar", app_desc="Pitchbar", storage_mode="memory", allow_templates=False
    )


class _GuardedRequests:
    """As much of `requests` as those modules use."""

    codes = requests.codes
    RequestException = requests.RequestException

    def request(self, method: str, url: str, **parts: Any) -> requests.Response:
        trip = _trip.get()
        wanted = {name: parts.get(name) for name in ("data", "headers", "params", "auth", "files")}
        made = requests.Request(method, url, **wanted).prepare()
        headers = [pair for pair in made.headers.items() if pair[0].lower() not in _OWN_HEADERS]
        body = made.body.encode() if isinstance(made.body, str) else made.body or b""
        try:
            answer = outbound.send(
                method.upper(),
                made.url or "",
                headers=headers,
                content=body,
                timeout=_TIMEOUT_SECONDS,
                allow=trip.allow,
            )
        except OutboundError as error:
            trip.error = error
            raise requests.RequestException(str(error)) from error
        trip.status = answer.status
        return _as_response(answer.status, answer.body)

    def get(self, url: str, **parts: Any) -> requests.Response:
        return self.request("GET", url, **parts)

    def post(self, url: str, **parts: Any) -> requests.Response:
        return self.request("POST", url, **parts)


def _as_response(status: int, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body
    return response
