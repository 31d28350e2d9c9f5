"""Looks at a customer's page as a program without scripts can."""

from collections.abc import Callable

from pitchbar.clients import outbound
from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.crawling.charsets import charset_of
from pitchbar.crawling.encodings import inflated
from pitchbar.crawling.errors import CrawlError
from pitchbar.widget.findings import Finding, bad, ok, warn
from pitchbar.widget.judging_page import Expected, judge_page
from pitchbar.widget.page_facts import read_page

Send = Callable[..., OutboundAnswer]

_SECONDS = 15.0
_MOST_BYTES = 2 * 1024 * 1024
_MOST_REDIRECTS = 5
_PAGES = ("text/html", "application/xhtml+xml")
_INNER = (
    "From here, only pages on the public internet can be looked at. One on your own machine shows "
    "the widget all the same, if its address is allowed."
)


def look_at_page(
    url: str, expected: Expected, allow: frozenset[str], send: Send = outbound.send
) -> list[Finding]:
    try:
        answer = send(
            "GET",
            url,
            headers=[
                ("User-Agent", f"Pitchbar-InstallCheck/1.0 (bot; +{expected.app_url})"),
                ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"),
            ],
            timeout=_SECONDS,
            max_bytes=_MOST_BYTES,
            follow=_MOST_REDIRECTS,
            allow=allow,
        )
    except OutboundError as error:
        hint = _INNER if error.kind == "refused_address" else ""
        return [bad("reached", str(error), hint)]
    if refusal := _refusal(answer):
        return [refusal]
    try:
        page = inflated(
            answer.body, answer.headers.get("content-encoding", ""), _MOST_BYTES, answer.was_cut
        )
    except CrawlError as error:
        return [bad("reached", str(error))]
    charset = charset_of(page.data, answer.headers.get("content-type", ""))
    facts = read_page(page.data.decode(charset, "replace"), answer.url)
    reached = _reached(answer, page.was_cut or answer.was_cut)
    return [reached, *judge_page(facts, answer.url, answer.headers, expected)]


def _refusal(answer: OutboundAnswer) -> Finding | None:
    status = answer.status
    if status in (404, 410):
        return bad("reached", f"There is no such page ({status}).", "Check its address.")
    if status >= 500:
        return bad("reached", f"The site reports an error ({status}).", "Try again later.")
    if status >= 400:
        hint = (
            "It may be behind a sign-in, or a firewall takes us for a robot. Visitors may well see "
            "it: open the page and look for the button."
        )
        return warn("reached", f"The site does not let us look ({status}).", hint)
    if status >= 300:
        return bad("reached", f"It leads on without saying where ({status}).")
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in _PAGES:
        return bad("reached", f"That is no page, but {kind[:60]}.", "Enter the address of a page.")
    return None


def _reached(answer: OutboundAnswer, was_cut: bool) -> Finding:
    led = f" It led on to {answer.url[:300]}." if answer.redirects else ""
    if was_cut:
        text = f"We reached the page, and read its first 2 megabytes.{led}"
        return Finding("reached", "note", text, "What stands further down was not looked at.")
    return ok("reached", f"We reached the page in {answer.elapsed_ms:,} ms.{led}")
