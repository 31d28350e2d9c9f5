"""What pages can do with it, what they hear of it, and when it speaks first."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.host_site import page_with, snippet
from tests.support.waiting import wait_until
from tests.support.widget_answers import REFUSED
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full


def test_page_opens_asks_identifies_and_closes(visit: Visit, api: FakeApi) -> None:
    api.usual = REFUSED.steps()
    chat = visit()
    expect(chat.launcher).to_be_visible()
    chat.count_events(["open", "message", "answer", "lead", "close"])
    chat.page.evaluate("""() => {
      window.calls = [];
      window.off = Pitchbar.on("answer", (detail) => window.calls.push(detail.text));
      Pitchbar.identify({ name: "Ada", email: "ada@mail.example" });
      return Pitchbar.ask("How long do refunds take?");
    }""")
    expect(chat.log).to_contain_text("could not find an answer")
    chat.button("leaveAddress").last.click()
    expect(chat.panel.get_by_label(chat.words["email"])).to_have_value("ada@mail.example")
    expect(chat.panel.get_by_label(chat.words["name"])).to_have_value("Ada")
    chat.button("sendAddress").last.click()
    expect(chat.says("addressSent", name="ada@mail.example")).to_be_visible()
    chat.page.evaluate("off(); Pitchbar.ask('Again?')")
    expect(chat.log.get_by_text("could not find an answer")).to_have_count(2)
    chat.page.evaluate("Pitchbar.close()")
    expect(chat.panel).to_be_hidden()
    names = [name for name, _ in chat.heard()]
    assert names == ["open", "message", "answer", "lead", "message", "answer", "close"]
    assert len(chat.page.evaluate("calls")) == 1


def test_script_opens_it_at_once_where_it_is_told_to(visit: Visit, api: FakeApi) -> None:
    script = snippet(api.url, data_open="true", data_language="de")
    api.agent |= {"language": ""}
    chat = Chat(visit(html=page_with(script)).page, "de")
    expect(chat.field).to_be_visible()
    # Nobody asked for it: the page keeps the focus.
    assert chat.page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize(
    ("trigger", "act"),
    [
        ({"kind": "time", "value": 20}, "tick"),
        ({"kind": "idle", "value": 20}, "tick"),
        ({"kind": "scroll", "value": 60}, "scroll"),
        ({"kind": "exit", "value": None}, "leave"),
        ({"kind": "utm", "value": "source=poster"}, "tick"),
    ],
    ids=["time", "idle", "scroll", "exit", "utm"],
)
def test_it_speaks_first_when_it_was_told_to(
    visit: Visit, api: FakeApi, trigger: dict[str, Any], act: str
) -> None:
    api.triggers = [{**trigger, "action": "greet", "text": "Can I help?"}]
    chat = visit()
    chat.page.clock.install()
    chat.page.goto(f"{chat.page.url}?utm_source=poster")
    expect(chat.launcher).to_be_visible()
    greeting = chat.host.get_by_role("button", name="Can I help?")
    expect(greeting).to_be_hidden()
    # What listens comes when it comes: visitors go on doing what they do.
    acts: dict[str, Callable[[], object]] = {
        "tick": lambda: chat.page.clock.run_for(21_000),
        "scroll": lambda: chat.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)"),
        "leave": lambda: chat.page.evaluate(
            "document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 }))"
        ),
    }
    wait_until(lambda: (acts[act](), greeting.is_visible())[1], seconds=20)
    expect(greeting).to_be_visible()
    greeting.click()
    expect(chat.field).to_be_visible()
    # Once is enough.
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    chat.page.clock.run_for(21_000)
    expect(greeting).to_be_hidden()
