"""The board of leads: a card is dragged by pointer, and moved by its menu from the keyboard."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full

API = "/api/v1/widget"


def leave_address(site: Site, agent: str, email: str) -> None:
    headers = {"Origin": site.url}
    start = {"agent": agent, "page_url": f"{site.url}/dev/widget"}
    token = httpx.post(f"{site.url}{API}/init", json=start, headers=headers).json()["token"]
    headers["Authorization"] = f"Bearer {token}"
    sent = {"email": email, "name": "Board <b>Lead</b>"}
    assert httpx.post(f"{site.url}{API}/leads", json=sent, headers=headers).status_code == 201


def test_card_moves_by_pointer_and_by_keyboard(site: Site, open_page: OpenPage) -> None:
    board = open_demo(open_page)
    board.goto("/w/demo/agents/1/install")
    agent = re.search(r"ag_[0-9a-f]{20}", board.content())
    assert agent
    leave_address(site, agent[0], "board@mail.example")
    board.goto("/w/demo/leads/board?q=board@")
    card = board.locator(".lead-card", has_text="Board <b>Lead</b>")
    expect(card).to_have_attribute("data-lead-status", "new")
    start = card.bounding_box()
    target = board.locator('[data-lead-column="contacted"]').bounding_box()
    assert start
    assert target
    assert serious_findings(board) == []
    board.mouse.move(start["x"] + 20, start["y"] + start["height"] - 6)
    board.mouse.down()
    board.mouse.move(target["x"] + 60, target["y"] + 80, steps=6)
    board.mouse.up()
    expect(card).to_have_attribute("data-lead-status", "contacted")
    menu = card.get_by_label("Move Board")
    menu.focus()
    board.keyboard.press("Enter")
    board.keyboard.press("Tab")
    board.keyboard.press("Enter")
    expect(card).to_have_attribute("data-lead-status", "new")
