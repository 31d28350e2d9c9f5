"""A service that opens a page in a browser and hands back what is there then."""

import time

import httpx

_SECONDS = 45.0
# So that what comes is as large as it looks.
_PLAIN = {"Accept-Encoding": "identity"}


class RenderError(Exception):
    """Its sentence is for people."""


def render_page(service: str, url: str, max_bytes: int) -> bytes:
    """HTML in UTF-8, as the service tells it.

    Args:
        service: takes `POST {"url": …}`.

    Raises:
        RenderError: there is no page, or more than `max_bytes` of one.
    """
    try:
        with (
            httpx.Client(trust_env=False, timeout=_SECONDS) as client,
            client.stream("POST", service, json={"url": url}, headers=_PLAIN) as answer,
        ):
            return _read(answer, max_bytes, time.monotonic() + _SECONDS)
    except (httpx.HTTPError, UnicodeError):
        raise RenderError("The service that draws pages did not answer.") from None


def _read(answer: httpx.Response, max_bytes: int, until: float) -> bytes:
    if answer.status_code != 200:
        raise RenderError(f"The service that draws pages could not draw it ({answer.status_code}).")
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if time.monotonic() > until:
            raise RenderError("The service that draws pages did not answer in time.")
        if len(body) > max_bytes:
            raise RenderError("The page that was drawn is too large.")
    return bytes(body).decode(answer.encoding or "utf-8", "replace").encode()
