"""Who we say we are to the sites that we read."""

from pitchbar.crawling.settings import CrawlSettings
from pitchbar.settings import current_settings

VERSION = "1.0"
ABOUT_PATH = "/bot"


def agent_name() -> str:
    """As robots.txt names it."""
    return current_settings()[CrawlSettings].crawl_agent


def user_agent() -> str:
    """The header, with the page about us."""
    return f"{agent_name()}/{VERSION} (+{about_address()})"


def about_address() -> str:
    return f"{current_settings().app_url}{ABOUT_PATH}"
