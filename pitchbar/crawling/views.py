"""The page about our crawler, which its name in other people's logs leads to."""

from flask import Blueprint, Response

from pitchbar.accounts.access import open_to_all
from pitchbar.core.htmx import render
from pitchbar.crawling.agent import ABOUT_PATH, agent_name, user_agent
from pitchbar.crawling.errors import MAX_RETRY_AFTER
from pitchbar.crawling.politeness import MAX_DELAY
from pitchbar.crawling.settings import CrawlSettings
from pitchbar.crawling.wishes import MAX_BYTES
from pitchbar.settings import current_settings

bp = Blueprint("crawling", __name__)


@bp.get(ABOUT_PATH)
@open_to_all
def about() -> Response:
    pause = current_settings()[CrawlSettings].crawl_host_pause
    return render(
        "crawling/about.html",
        agent=agent_name(),
        user_agent=user_agent(),
        host=current_settings().own_host,
        pause=f"{pause:g} second{'' if pause == 1 else 's'}",
        most_delay=f"{MAX_DELAY:g}",
        most_rest=f"{MAX_RETRY_AFTER / 60:g}",
        most_bytes=MAX_BYTES // (1024 * 1024),
    )
