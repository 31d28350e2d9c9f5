"""Whether a proxy may have a certificate made for a host: Caddy asks before it does, on demand.

It tells no more than opening the host would, so nobody has to sign in.
"""

from flask import Blueprint, Response, make_response, request

from pitchbar.accounts.access import open_to_all
from pitchbar.core.hosts import is_host
from pitchbar.domains.limits import limit_tls_ask
from pitchbar.domains.queries import is_served_host
from pitchbar.domains.settings import DomainSettings
from pitchbar.settings import current_settings

bp = Blueprint("tls_ask", __name__, url_prefix="/internal")


@bp.get("/tls-ask")
@open_to_all
@limit_tls_ask
def ask() -> Response:
    host = request.args.get("domain", "").strip().lower().removesuffix(".")
    if not host:
        return _say(400, "Name a domain: /internal/tls-ask?domain=go.brand.example")
    if host in _own_hosts() or (is_host(host) and is_served_host(host)):
        return _say(200, "yes")
    return _say(404, "no")


def _own_hosts() -> tuple[str, ...]:
    settings = current_settings()
    return settings.own_host, *settings[DomainSettings].edge_hosts


def _say(status: int, words: str) -> Response:
    response = make_response(f"{words}\n", status)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
