"""Servers that refuse, are slow, or go away: what was asked is kept, and said once."""

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.waiting import wait_until
from tests.support.widget_answers import BY_PERSON, Cut, Said, Silence, failed
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
QUESTION = "How long do refunds take?"


def hears(chat: Chat, text: str = "within fourteen days") -> None:
    expect(chat.log).to_contain_text(text)


def let_pass(chat: Chat, seconds: int) -> None:
    """Second by second, as what is waited for waits for something itself."""
    for _ in range(seconds):
        chat.page.clock.run_for(1000)


@pytest.mark.parametrize("cut", [Cut(), Cut(is_clean=True)], ids=["broken off", "ended early"])
def test_cut_answer_goes_on_where_it_was(visit: Visit, api: FakeApi, cut: Cut) -> None:
    api.answers.append(Said("One two three four.", citations=()).cut_after(2, cut=cut))
    chat = visit().open()
    chat.ask()
    hears(chat, "One two three four.")
    asked = api.named("messages")
    assert (
        len([one for one in asked if one.method == "POST" and not one.headers.get("Last-Event-ID")])
        == 1
    )
    assert asked[-1].headers["Last-Event-ID"].endswith(".5")
    expect(chat.log.get_by_text("One")).to_have_count(1)


def test_server_that_is_gone_is_said_and_asked_again(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    said = Said("One two three.", citations=())
    api.answers.append([*said.opening(), said.words()[0], Silence()])
    api.answers.append(Said("Here I am.", citations=()).steps())
    chat.page.clock.install()
    chat.ask()
    hears(chat, "One")
    api.stop()
    let_pass(chat, 15)
    expect(chat.says("lost")).to_be_visible()
    expect(chat.log.get_by_text(QUESTION)).to_be_visible()
    api.start()
    chat.button("again").click()
    chat.page.clock.run_for(2000)
    hears(chat, "Here I am.")
    # It was asked once, and is there once.
    expect(chat.log.get_by_text(QUESTION)).to_have_count(1)


def test_start_that_fails_is_tried_again_by_hand(visit: Visit, api: FakeApi) -> None:
    api.refuse("init", 500, times=6)
    chat = visit()
    chat.page.clock.install()
    chat.launcher.click()
    chat.page.clock.run_for(30_000)
    expect(chat.says("failed")).to_be_visible()
    api._refusals.clear()
    chat.button("again").click()
    chat.page.clock.run_for(2000)
    expect(chat.field).to_be_visible()
    chat.ask()
    chat.page.clock.run_for(2000)
    hears(chat)


@pytest.mark.parametrize(("status", "code"), [(404, "no_agent"), (403, "origin_not_allowed")])
@pytest.mark.parametrize("is_readable", [True, False])
def test_refused_widget_is_not_there(
    visit: Visit, api: FakeApi, status: int, code: str, is_readable: bool
) -> None:
    api.refuse("look", status, code, is_readable=is_readable, times=3)
    chat = visit()
    chat.page.wait_for_function("() => window.Pitchbar")
    wait_until(lambda: bool(api.calls), 5)
    chat.page.wait_for_timeout(150)
    expect(chat.host).to_have_count(0)
    assert len(api.calls) == 1


def test_agent_that_is_withdrawn_meanwhile_goes_quietly(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.ask()
    hears(chat)
    api.refuse("messages", 404, "no_agent", times=5)
    api.refuse("init", 404, "no_agent", times=5)
    chat.ask("Still there?")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_hidden()


def test_silence_of_35_seconds_is_said_and_asked_again(visit: Visit, api: FakeApi) -> None:
    opening = Said().opening()
    api.answers.append([*opening, Silence()])
    chat = visit()
    chat.page.clock.install()
    chat.open()
    chat.ask()
    # The stream is open, and silent from here.
    expect(chat.says("writing")).to_be_visible()
    chat.page.clock.run_for(30_000)
    expect(chat.says("stalled")).to_be_hidden()
    chat.page.clock.run_for(6_000)
    expect(chat.says("stalled")).to_be_visible()


def test_too_many_questions_wait_as_long_as_they_are_told(visit: Visit, api: FakeApi) -> None:
    chat = visit()
    chat.page.clock.install()
    chat.open()
    api.refuse("messages", 429, "rate_limited", headers={"Retry-After": "7"})
    chat.ask()
    expect(chat.says("fast", n=7)).to_be_visible()
    chat.page.clock.run_for(8_000)
    if chat.button("again").is_visible():
        chat.button("again").click()
    chat.page.clock.run_for(1_000)
    hears(chat)
    expect(chat.log.get_by_text(QUESTION)).to_have_count(1)


def test_token_that_expired_is_renewed_once_and_silently(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.ask()
    hears(chat)
    api.refuse("messages", 401, "token_expired")
    chat.ask("And now?")
    expect(chat.button("helpful")).to_have_count(2)
    expect(chat.says("failed")).to_be_hidden()
    renewed = api.named("init")[-1]
    assert renewed.headers["Authorization"].startswith("Bearer token-")
    assert len(api.named("init")) == 2
    # Again and again is no expired token: the visitor is told, and nothing turns in a circle.
    api.refuse("messages", 401, "token_expired", times=10)
    chat.ask("Once more?")
    expect(chat.says("failed").or_(chat.says("lost")).first).to_be_visible()
    assert len(api.named("init")) <= 4
    assert len(api.named("messages")) <= 6


def test_failed_answer_says_so_and_offers_to_ask_again(visit: Visit, api: FakeApi) -> None:
    api.answers.append(failed("We cannot look anything up just now."))
    chat = visit().open()
    chat.ask()
    hears(chat, "We cannot look anything up just now.")
    chat.button("again").click()
    hears(chat)
    expect(chat.log.get_by_text(QUESTION)).to_have_count(1)


def test_offline_keeps_what_is_typed_and_online_sends_it(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.page.context.set_offline(True)
    expect(chat.says("offline")).to_be_visible()
    chat.ask()
    asked = len(api.named("messages"))
    assert asked == 0
    chat.page.context.set_offline(False)
    expect(chat.says("offline")).to_be_hidden()
    # Whether it was kept in the field or among what was said: it is there, and goes out.
    if chat.field.input_value():
        assert chat.field.input_value() == QUESTION
        chat.field.press("Enter")
    hears(chat)
    expect(chat.log.get_by_text(QUESTION)).to_have_count(1)


def test_slow_network_shows_that_something_comes(visit: Visit) -> None:
    chat = visit()
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    chat.launcher.click()
    expect(chat.panel.or_(chat.host.locator(".busy")).first).to_be_visible(timeout=300)
    expect(chat.field).to_be_visible()
    chat.ask()
    expect(chat.log.get_by_text(QUESTION)).to_be_visible(timeout=300)
    hears(chat)


def test_ended_conversation_says_so_and_begins_anew(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.ask()
    hears(chat)
    api.status = "ended"
    chat.button("close").click()
    again = visit(beside=chat).open()
    again.ask("And then?")
    hears(again)


def test_person_who_takes_over_is_heard(visit: Visit, api: FakeApi) -> None:
    chat = visit()
    chat.page.clock.install()
    chat.open()
    api.answers.append(BY_PERSON.steps())
    chat.ask()
    expect(chat.button("send")).to_be_visible()
    api.say("person", "This is Ada of the team.")
    chat.page.clock.run_for(5_000)
    hears(chat, "This is Ada of the team.")
    expect(chat.log.get_by_text(chat.words["person"], exact=True).first).to_be_visible()


def test_typed_text_survives_a_reload_and_closing(visit: Visit) -> None:
    chat = visit().open()
    chat.field.fill("Half a question")
    chat.button("close").click()
    chat.open()
    expect(chat.field).to_have_value("Half a question")
