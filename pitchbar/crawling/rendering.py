"""Pages that only JavaScript writes, drawn by a browser service where there is one."""

import time

from pitchbar.clients import outbound
from pitchbar.clients.browser_render import RenderError, render_page
from pitchbar.clients.outbound import OutboundError
from pitchbar.clients.outbound_addresses import read_target
from pitchbar.clients.settings import OutboundSettings
from pitchbar.crawling.errors import CrawlError, of_outbound
from pitchbar.crawling.robots import require_allowed
from pitchbar.crawling.robots_store import Send
from pitchbar.crawling.settings import CrawlSettings
from pitchbar.crawling.wishes import MAX_BYTES, Fetched
from pitchbar.settings import current_settings


def can_render() -> bool:
    return bool(current_settings()[CrawlSettings].browser_render_url)


def render(url: str, send: Send = outbound.send) -> Fetched:
    """The page as a browser shows it. Whoever calls has fetched it before, and takes a turn again.

    Raises:
        CrawlError: it may not be read, or the service could not draw it.
    """
    began = time.monotonic()
    try:
        target = read_target(url, current_settings()[OutboundSettings].allowed)
        decision = require_allowed(target.url, send)
        service = current_settings()[CrawlSettings].browser_render_url
        body = render_page(service, target.url, MAX_BYTES)
    except OutboundError as error:
        raise of_outbound(error) from None
    except RenderError as error:
        raise CrawlError("render", str(error), url=url) from None
    return Fetched(
        url=url,
        final_url=target.url,
        hops=(),
        status=200,
        content_type="text/html; charset=utf-8",
        charset="utf-8",
        body=body,
        etag="",
        last_modified="",
        is_unchanged=False,
        elapsed_ms=round((time.monotonic() - began) * 1000),
        robots=decision.rule,
    )
