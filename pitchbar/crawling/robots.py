"""May this address be read? What the site's robots.txt says, asked once a day for everybody."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pitchbar.clients import outbound
from pitchbar.crawling import robots_store
from pitchbar.crawling.agent import agent_name
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.robots_rules import Rules, read_rules
from pitchbar.crawling.robots_store import Send


@dataclass(frozen=True)
class Decision:
    """Attributes:
    rule: a sentence: which line decided, or why none did.
    delay: seconds between two pages that the site asks for.
    sitemaps: those that it names.
    """

    is_allowed: bool
    rule: str
    delay: float | None = None
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Site:
    """What one site says to us; `rules` is None where it says nothing."""

    rules: Rules | None
    status: int | None = None

    def decide(self, url: str) -> Decision:
        if self.rules is None:
            return Decision(True, f"robots.txt: {_why_none(self.status)}")
        ruling = self.rules.ruling(url)
        verb = "allows" if ruling.is_allowed else "forbids"
        said = f"“{ruling.rule}”" if ruling.rule else "no line speaks of it"
        sentence = f"robots.txt {verb} it: {said}"
        return Decision(ruling.is_allowed, sentence, self.rules.delay, self.rules.sitemaps)


def site_of(url: str, send: Send = outbound.send) -> Site:
    """What the site of an address says to us about all of its pages. Raises CrawlError."""
    file = robots_store.load(origin_of(url), send)
    rules = None if file.text is None else read_rules(file.text, agent_name())
    return Site(rules, file.status)


def ask_robots(url: str, send: Send = outbound.send) -> Decision:
    """What the robots.txt of the address's site says of it.

    Raises:
        CrawlError: it could not be had, and without it nothing is read.
    """
    return site_of(url, send).decide(url)


def require_allowed(url: str, send: Send = outbound.send) -> Decision:
    """Raises CrawlError where it is forbidden, too."""
    decision = ask_robots(url, send)
    if not decision.is_allowed:
        said = decision.rule.partition(": ")[2]
        sentence = f"The site asks crawlers not to read this page (robots.txt, {said})."
        raise CrawlError("robots", sentence, robots=decision.rule)
    return decision


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _why_none(status: int | None) -> str:
    return f"there is none ({status}), so all may be read" if status else "there is none to obey"
