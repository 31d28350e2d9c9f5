"""axe-core in every state that the widget has, in both themes, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.widget_answers import BY_PERSON, REFUSED, Hold, Said, Silence, failed
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

GREETS = [{"kind": "time", "value": 0, "action": "greet", "text": "Can I help with cups?"}]


class States:
    """Each leads on from the one before."""

    def __init__(self, chat: Chat, api: FakeApi) -> None:
        self.chat, self.api = chat, api

    def greeted(self) -> None:
        expect(self.chat.host.get_by_text("Can I help with cups?")).to_be_visible()

    def opened(self) -> None:
        self.chat.open()

    def typed_too_much(self) -> None:
        self.chat.field.fill("x" * 4001)
        expect(self.chat.panel.get_by_text("4001 / 4000")).to_be_visible()

    def menu(self) -> None:
        self.chat.field.fill("")
        self.chat.button("options").click()
        expect(self.chat.button("forget")).to_be_visible()

    def searching(self) -> None:
        self.chat.page.keyboard.press("Escape")
        said = Said()
        held = [Hold("stage"), *said.words()[:4], Hold("words"), *said.words()[4:], said.done()]
        self.api.answers.append([*said.opening(), *held])
        self.chat.ask()
        expect(self.chat.says("writing")).to_be_visible()

    def streaming(self) -> None:
        self.api.let_go("stage")
        expect(self.chat.log).to_contain_text("Money comes back")

    def answered(self) -> None:
        self.api.let_go("words")
        expect(self.chat.button("helpful")).to_be_visible()

    def disliked(self) -> None:
        self.chat.button("unhelpful").click()
        expect(self.chat.panel.get_by_label(self.chat.words["why"])).to_be_visible()

    def refused(self) -> None:
        self.api.answers.append(REFUSED.steps())
        self.chat.ask("Who painted the town hall?")
        expect(self.chat.log).to_contain_text("could not find an answer")

    def form_with_errors(self) -> None:
        self.chat.button("leaveAddress").last.click()
        self.chat.panel.get_by_label(self.chat.words["email"]).fill("ada")
        self.chat.button("sendAddress").last.click()
        expect(self.chat.says("emailWrong")).to_be_visible()

    def form_sent(self) -> None:
        self.chat.panel.get_by_label(self.chat.words["email"]).fill("ada@mail.example")
        self.chat.button("sendAddress").last.click()
        expect(self.chat.says("addressSent", name="ada@mail.example").first).to_be_visible()

    def person_asked(self) -> None:
        self.api.answers.append(REFUSED.steps())
        self.chat.ask("Who painted the other one?")
        self.chat.button("askPerson").last.click()
        expect(self.chat.says("asked").first).to_be_visible()

    def failing(self) -> None:
        self.api.answers.append(failed("We cannot look anything up just now."))
        self.chat.ask("And this?")
        expect(self.chat.button("again").last).to_be_visible()

    def offline(self) -> None:
        self.chat.page.context.set_offline(True)
        expect(self.chat.says("offline")).to_be_visible()

    def asked_to_forget(self) -> None:
        self.chat.page.context.set_offline(False)
        self.chat.button("options").click()
        self.chat.button("forget").click()
        expect(self.chat.button("forgetYes")).to_be_visible()

    def in_order(self) -> list[Callable[[], None]]:
        return [
            *(self.greeted, self.opened, self.typed_too_much, self.menu, self.searching),
            *(self.streaming, self.answered, self.disliked, self.refused, self.form_with_errors),
            *(self.form_sent, self.person_asked, self.failing, self.offline, self.asked_to_forget),
        ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_state_has_a_finding(visit: Visit, api: FakeApi, theme: str, width: int) -> None:
    api.agent["theme"] = theme
    api.triggers = GREETS
    chat = visit(width, reduced_motion="reduce")
    expect(chat.launcher).to_be_visible()
    found = {"closed": chat.findings()}
    for reach in States(chat, api).in_order():
        reach()
        found[reach.__name__] = chat.findings()
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_stalled_and_ended_have_no_finding_either(
    visit: Visit, api: FakeApi, theme: str, width: int
) -> None:
    api.agent["theme"] = theme
    api.answers += [[*Said().opening(), Silence()], BY_PERSON.steps()]
    chat = visit(width, reduced_motion="reduce")
    chat.page.clock.install()
    chat.open().ask()
    expect(chat.says("writing")).to_be_visible()
    chat.page.clock.run_for(35_100)
    expect(chat.says("stalled")).to_be_visible()
    assert chat.findings() == []
    chat.button("stop").click()
    chat.ask("Is somebody there?")
    expect(chat.button("send")).to_be_visible()
    api.status = "ended"
    # A question that was under way before is answered first.
    for _ in range(5):
        chat.page.clock.run_for(20_000)
        if chat.says("ended").is_visible():
            break
    expect(chat.says("ended")).to_be_visible()
    assert chat.findings() == []
    api.status = "open"
    chat.button("startNew").click()
    expect(chat.field).to_be_visible()
