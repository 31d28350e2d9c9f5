"""How often the DNS is asked because somebody wants to know, and how often we are asked."""

from collections.abc import Callable

from flask import request

from pitchbar.domains.settings import DomainSettings
from pitchbar.extensions import limiter, request_address
from pitchbar.settings import current_settings


def _rate(pick: Callable[[DomainSettings], str]) -> Callable[[], str]:
    return lambda: pick(current_settings()[DomainSettings])


def _workspace_key() -> str:
    return f"domain-check:{(request.view_args or {}).get('slug', '')}"


limit_checks = limiter.shared_limit(
    _rate(lambda own: own.ratelimit_domain_check), scope="domain-check", key_func=_workspace_key
)
limit_tls_ask = limiter.shared_limit(
    _rate(lambda own: own.ratelimit_tls_ask),
    scope="tls-ask",
    key_func=lambda: f"tls-ask:{request_address()}",
)
