"""Asks a destination whether it is there: by HEAD, and by GET where that tells nothing."""

from collections.abc import Callable

from pitchbar.clients import outbound
from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.link_health.verdicts import Verdict, judge, judge_failure

Send = Callable[..., OutboundAnswer]

SECONDS = 10.0
_MOST_REDIRECTS = 8
# What hinders one method hinders the other.
_WHATEVER_IS_ASKED = ("dns", "connect", "tls", "too_many_redirects")
_MOST_BYTES = 16 * 1024


def ask(url: str, app_url: str, allow: frozenset[str], send: Send = outbound.send) -> Verdict:
    """Two requests at most, of `SECONDS` each."""
    verdict = _try("HEAD", url, app_url, allow, send)
    # Many servers know no HEAD, or answer it with something of their own.
    if verdict.outcome in ("well", "skipped") or verdict.trouble in _WHATEVER_IS_ASKED:
        return verdict
    return _try("GET", url, app_url, allow, send)


def _try(method: str, url: str, app_url: str, allow: frozenset[str], send: Send) -> Verdict:
    headers = [("User-Agent", f"Pitchbar-LinkCheck/1.0 (bot; +{app_url})")]
    try:
        answer = send(
            method,
            url,
            headers=headers,
            timeout=SECONDS,
            max_bytes=_MOST_BYTES,
            follow=_MOST_REDIRECTS,
            allow=allow,
        )
    except OutboundError as error:
        return judge_failure(error)
    return judge(answer)
