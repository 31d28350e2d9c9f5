"""Without a mouse and without eyes: the way through, where the focus is, what is read out."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.widget_answers import Hold, Said
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

# What has the focus, through shadow roots: "tag name".
_FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one === document.body ? "body" : one.id || one.getAttribute("aria-label") ||
    one.textContent.trim() || one.tagName;
}"""
_IN_PANEL = """() => {
  const root = document.querySelector("pitchbar-widget").shadowRoot;
  return !!root.activeElement?.closest("[role=dialog]");
}"""
# Each change of a live region, as a screen reader would hear it: what was added, once it is there.
_LISTEN = """() => {
  window.spoken = [];
  const root = document.querySelector("pitchbar-widget").shadowRoot;
  const isLive = (one) => one?.closest?.("[aria-live=polite], [aria-live=assertive], " +
    "[role=status], [role=alert], [role=log]:not([aria-live=off])");
  const busy = (one) => one?.closest?.("[aria-busy=true]");
  new MutationObserver((changes) => {
    for (const change of changes) {
      const target = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      if (!isLive(target) || busy(target)) continue;
      const added = change.type === "characterData" ? [change.target] : [...change.addedNodes];
      const said = added.map((one) => one.textContent.trim()).filter(Boolean);
      window.spoken.push(...said);
    }
  }).observe(root, { subtree: true, childList: true, characterData: true });
}"""


def focused(page: Page) -> str:
    found: str = page.evaluate(_FOCUSED)
    return found


def tab_to(chat: Chat, name: str, backwards: bool = False) -> None:
    for _ in range(40):
        if name in focused(chat.page):
            return
        chat.page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{name} is not reached, but {focused(chat.page)}")


def test_asking_citing_and_leaving_an_address_by_keyboard(visit: Visit, api: FakeApi) -> None:
    api.usual = Said(offers=("person", "lead_form")).steps()
    chat = visit()
    expect(chat.launcher).to_be_visible()
    tab_to(chat, "Open chat")
    chat.page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    chat.page.keyboard.type("How long do refunds take?")
    chat.page.keyboard.press("Enter")
    expect(chat.log.get_by_text("within fourteen days").first).to_be_visible()
    # What was asked is answered, and the next question can be typed at once.
    expect(chat.field).to_be_focused()
    tab_to(chat, "Refunds", backwards=True)
    with chat.page.context.expect_page() as opened:
        chat.page.context.route("https://shop.example/*", lambda route: route.fulfill(body="Yes"))
        chat.page.keyboard.press("Enter")
    opened.value.close()
    tab_to(chat, chat.words["leaveAddress"])
    chat.page.keyboard.press("Enter")
    email = chat.panel.get_by_label(chat.words["email"])
    expect(email).to_be_focused()
    chat.page.keyboard.type("ada")
    chat.page.keyboard.press("Enter")
    expect(chat.says("emailWrong")).to_be_visible()
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_value("ada")
    chat.page.keyboard.press("End")
    chat.page.keyboard.type("@mail.example")
    chat.page.keyboard.press("Enter")
    expect(chat.says("addressSent", name="ada@mail.example")).to_be_visible()
    assert api.named("leads")[-1].json["email"] == "ada@mail.example"


def test_focus_stays_in_the_panel_and_goes_back(visit: Visit) -> None:
    chat = visit()
    expect(chat.launcher).to_be_visible()
    tab_to(chat, "Open chat")
    chat.page.keyboard.press("Space")
    expect(chat.field).to_be_focused()
    for key in ("Tab", "Shift+Tab"):
        reached = []
        for _ in range(12):
            chat.page.keyboard.press(key)
            assert chat.page.evaluate(_IN_PANEL), focused(chat.page)
            reached.append(focused(chat.page))
        # Round and round, past each of them.
        assert {"Close chat", "More", "Your question"} <= set(reached)
        assert reached.count("Close chat") >= 2
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_focus_goes_back_to_what_opened_it(visit: Visit) -> None:
    chat = visit()
    expect(chat.launcher).to_be_visible()
    buy = chat.page.get_by_role("button", name="Buy")
    buy.evaluate("one => one.addEventListener('click', () => Pitchbar.open())")
    buy.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(buy).to_be_focused()


def test_live_region_reads_whole_sentences_once(visit: Visit, api: FakeApi) -> None:
    text = "Money comes back within fourteen days. It goes to your card. Ask us if it is late."
    said = Said(text, citations=())
    words = said.words()
    api.answers.append([*said.opening(), *words[:9], Hold("one"), *words[9:], said.done()])
    chat = visit().open()
    chat.page.evaluate(_LISTEN)
    chat.ask()
    expect(chat.log).to_contain_text("within fourteen days")
    chat.page.wait_for_timeout(150)
    api.let_go("one")
    expect(chat.log).to_contain_text("if it is late.")
    chat.page.wait_for_timeout(900)
    spoken = " ".join(chat.page.evaluate("window.spoken"))
    for sentence in (
        "Money comes back within fourteen days.",
        "It goes to your card.",
        "Ask us if it is late.",
    ):
        assert spoken.count(sentence) == 1, spoken
    # Nothing is read in pieces.
    pieces = [one for one in chat.page.evaluate("window.spoken") if one in ("Money", "Money comes")]
    assert pieces == []


def test_everything_has_a_name_and_a_role(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.ask()
    expect(chat.log.get_by_text("within fourteen days").first).to_be_visible()
    nameless = chat.host.evaluate("""host => [...host.shadowRoot.querySelectorAll(
        "button, a, input, textarea, [role=dialog], [role=log]")].filter((one) =>
        !(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") ||
          one.labels?.length || one.textContent.trim())).map((one) => one.outerHTML)""")
    assert nameless == []


def test_enter_sends_and_with_shift_begins_a_line(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    chat.page.keyboard.type("One")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("two")
    expect(chat.field).to_have_value("One\ntwo")
    # While a word is being composed, Enter chooses it.
    chat.field.dispatch_event("compositionstart")
    chat.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    assert api.named("messages") == []
    chat.field.dispatch_event("compositionend")
    chat.page.keyboard.press("Enter")
    expect(chat.field).to_have_value("")
    expect(chat.log.get_by_text("within fourteen days").first).to_be_visible()
    assert api.named("messages")[0].json["text"] == "One\ntwo"
