"""The page that our crawler's name leads to, and what is forgotten of hosts."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.crawling import tasks
from pitchbar.crawling.models import CrawlHost, RobotsFile
from pitchbar.crawling.politeness import reserve
from pitchbar.crawling.robots import ask_robots
from pitchbar.extensions import db
from tests.support.browsing import FormClient
from tests.support.hostile_site import HostileSite


@pytest.mark.settings(crawl_agent="HarbourBot", crawl_host_pause=3)
def test_everybody_can_read_who_our_crawler_is(client: FormClient) -> None:
    answer = client.get("/bot")
    assert answer.status_code == 200
    assert "HarbourBot/1.0 (+http://pitchbar.test/bot)" in answer.text
    assert "User-agent: HarbourBot" in answer.text
    assert "3 seconds apart" in " ".join(answer.text.split())


def test_hosts_that_nobody_reads_are_forgotten(
    app: Flask, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known() -> list[int | None]:
        return [
            db.session.scalar(select(func.count()).select_from(table))
            for table in (CrawlHost, RobotsFile)
        ]

    ask_robots(site.url("/"))
    reserve(site.pair, 1)
    tasks.forget_hosts()
    assert known() == [1, 1]
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment + 3 * tasks._KEPT)
    tasks.forget_hosts()
    assert known() == [0, 0]
