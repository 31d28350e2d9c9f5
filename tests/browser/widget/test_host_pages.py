"""Pages that are hard on what is put into them: strict policies, hostile styles, other scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.host_site import page_with, policy, snippet
from tests.support.widget_answers import Hold, Said
from tests.support.widget_api import AGENT, FakeApi

pytestmark = pytest.mark.full

# What sites do to their pages, and to whatever else is there.
HOSTILE = {
    "all": "* { all: unset !important }",
    "hidden": "div, span, section, pitchbar-widget { display: none !important }",
    "tiny": "html { font-size: 3px } body { font-size: 2px; line-height: 1 }",
    "buttons": """button, input, textarea { position: absolute !important; left: -9999px;
        opacity: 0 !important; transform: scale(0); font: 2px serif !important }""",
    "unreachable": "body, body *, pitchbar-widget { pointer-events: none !important; "
    "visibility: hidden !important; opacity: 0 !important; filter: blur(9px) !important }",
    "overlay": "body::after { content: ''; position: fixed; inset: 0; z-index: 2147483645; "
    "background: rgb(200 0 0 / .3) }",
    "custom": ":not(:defined) { display: none !important } html > *:not(body) { display: none "
    "!important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }",
    "columns": "html { columns: 3; letter-spacing: 2em; text-transform: uppercase; "
    "writing-mode: vertical-rl; text-align: right; color: red }",
}
# How the panel and what is in it come out.
_LOOK = """() => {
  const host = document.querySelector("pitchbar-widget"), root = host.shadowRoot;
  const { filter, clipPath, transform, pointerEvents } = getComputedStyle(host);
  const look = (selector) => {
    const one = root.querySelector(selector), box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
    return [selector, x, y, width, height, style.fontSize, style.color,
      style.letterSpacing, style.textTransform, style.writingMode,
      one.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
      // Whoever clicks there means the widget.
      document.elementFromPoint(x + width / 2, y + height / 2) === host].join(" ");
  };
  return [filter, clipPath, transform, pointerEvents, look("[role=dialog]"), look("textarea"),
    look(".said"), look(".launch")];
}"""


def answered(chat: Chat) -> Chat:
    chat.open().ask()
    expect(chat.log).to_contain_text("within fourteen days")
    return chat


def test_every_style_of_a_page_leaves_it_as_it_is(visit: Visit, api: FakeApi) -> None:
    plain = visit(reduced_motion="reduce").open()
    expected = plain.page.evaluate(_LOOK)
    for name, style in HOSTILE.items():
        html = page_with(snippet(api.url), head=f"<style>{style}</style>")
        chat = visit(html=html, path=f"/{name}", beside=plain).opened()
        assert (name, chat.page.evaluate(_LOOK)) == (name, expected)
        chat.page.close()


@pytest.mark.parametrize("nonce", ["", "c2VjcmV0"])
def test_strict_policy_lets_it_work(visit: Visit, api: FakeApi, nonce: str) -> None:
    attributes = {"nonce": nonce} if nonce else {}
    page = page_with(snippet(api.url, **attributes), body="<h1>Cups</h1>")
    chat = answered(visit(html=page, headers=policy(api.url, nonce)))
    assert chat.panel.bounding_box()
    colour = "one => getComputedStyle(one).backgroundColor"
    assert chat.launcher.evaluate(colour) == "rgb(11, 122, 92)"


def test_page_that_demands_trusted_types_is_at_peace(visit: Visit, api: FakeApi) -> None:
    demand = policy(api.url)["Content-Security-Policy"]
    headers = {"Content-Security-Policy": f"{demand}; require-trusted-types-for 'script'"}
    page = page_with(snippet(api.url), body="<h1>Cups</h1>")
    # The address of the rest is a string that the page's policy does not look at.
    answered(visit(html=page, headers=headers))


def test_page_from_right_to_left_gets_arabic(visit: Visit, api: FakeApi) -> None:
    api.agent |= {"language": ""}
    page = page_with(snippet(api.url), language="ar", attributes=' dir="rtl"')
    chat = visit(html=page)
    chat = Chat(chat.page, "ar").open()
    assert chat.panel.evaluate("one => getComputedStyle(one).direction") == "rtl"
    chat.ask("كم يستغرق رد المال؟")
    expect(chat.log).to_contain_text("within fourteen days")
    # It stays at the side that its agent was given.
    box = chat.panel.bounding_box()
    assert box
    assert box["x"] > 640


def test_page_in_print_has_none(visit: Visit) -> None:
    chat = visit().open()
    chat.page.emulate_media(media="print")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_hidden()


def test_zoomed_to_200_percent_all_is_reached(visit: Visit) -> None:
    # What a browser of 1280 by 800 has left then.
    chat = answered(visit(640, device_scale_factor=2))
    for one in (chat.field, chat.button("send"), chat.button("close"), chat.log):
        box = one.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 640
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_script_twice_or_in_two_versions_is_one_widget(visit: Visit, api: FakeApi) -> None:
    scripts = snippet(api.url) + snippet(api.url) + snippet(api.url, version="0123456789abcdef")
    other = snippet(api.url, agent="ag_00000000000000000000")
    chat = answered(visit(html=page_with(scripts + other)))
    expect(chat.host).to_have_count(1)
    assert len(api.named("init")) == 1
    assert len(api.named("look")) == 1


def test_taken_out_by_the_page_it_comes_back_as_it_was(visit: Visit) -> None:
    chat = answered(visit())
    chat.page.evaluate("document.querySelector('pitchbar-widget').remove()")
    expect(chat.log).to_contain_text("within fourteen days")
    chat.page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(chat.log).to_contain_text("within fourteen days")
    chat.ask("And then?")
    expect(chat.log.get_by_text("And then?")).to_be_visible()


def test_page_that_navigates_by_itself_is_followed(visit: Visit, api: FakeApi) -> None:
    api.restricted = ["/checkout"]
    chat = answered(visit())
    go = "path => history.pushState(null, '', path)"
    chat.page.evaluate(go, "/checkout")
    expect(chat.launcher).to_be_hidden()
    expect(chat.panel).to_be_hidden()
    chat.page.evaluate(go, "/cups?colour=red#big")
    expect(chat.launcher).to_be_visible()
    chat.open()
    expect(chat.log).to_contain_text("within fourteen days")
    chat.ask("And here?")
    expect(chat.log.get_by_text("And here?")).to_be_visible()
    assert api.named("messages")[-1].json["page_url"].startswith(f"{chat.page.url[:21]}")
    assert "/cups" in api.named("messages")[-1].json["page_url"]


def test_restricted_page_shows_nothing_and_asks_nothing_more(visit: Visit, api: FakeApi) -> None:
    api.restricted = ["/"]
    said: list[str] = []
    chat = visit(html="<!doctype html><title>Shop</title>")
    chat.page.on("console", lambda message: said.append(f"{message.type} {message.text}"))
    chat.page.evaluate(_ADD_SCRIPT, [f"{api.url}/widget/widget.js", AGENT["id"]])
    chat.page.wait_for_function("() => window.Pitchbar")
    chat.page.wait_for_timeout(100)
    expect(chat.host).to_have_count(0)
    assert [one for one in said if one.startswith("debug Pitchbar")]
    assert [one.path for one in api.calls] == ["/api/v1/widget/look"]


_ADD_SCRIPT = """([src, agent]) => {
  const script = document.createElement("script");
  Object.assign(script, { src, async: true });
  script.dataset.agent = agent;
  document.body.append(script);
}"""
# As a component does that is shown and hidden again; it may be opened meanwhile.
_MOUNT = """async ([src, agent, count]) => {
  for (let at = 0; at < count; at++) {
    const script = document.createElement("script");
    script.src = src;
    script.dataset.agent = agent;
    const ready = new Promise((done) =>
      document.addEventListener("pitchbar:ready", done, { once: true }));
    document.body.append(script);
    await ready;
    if (at % 5 === 0) await window.Pitchbar.open();
    window.Pitchbar.destroy();
    script.remove();
  }
}"""
_COUNT_TIMERS = """
  const going = (window.going = new Set());
  for (const kind of ["Timeout", "Interval"]) {
    const set = window[`set${kind}`], clear = window[`clear${kind}`];
    window[`set${kind}`] = (act, ms, ...rest) => {
      const id = set(() => { if (kind === "Timeout") going.delete(id); act(...rest); }, ms);
      going.add(id);
      return id;
    };
    window[`clear${kind}`] = (id) => { going.delete(id); clear(id); };
  }
"""


def test_hundred_mounts_and_unmounts_leave_nothing(visit: Visit, api: FakeApi) -> None:
    chat = visit(html="<!doctype html><title>Shop</title><main></main>", before=_COUNT_TIMERS)
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Performance.enable")

    def after(count: int) -> dict[str, Any]:
        chat.page.evaluate(_MOUNT, [f"{api.url}/widget/widget.js", AGENT["id"], count])
        # What was asked for last is let go of.
        chat.page.wait_for_timeout(300)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        found = {one["name"]: one["value"] for one in metrics}
        names = ("Nodes", "JSEventListeners", "Documents")
        return {**{name: found[name] for name in names}, "heap": found["JSHeapUsedSize"]}

    first, last = after(10), after(100)
    heap, more = first.pop("heap"), last.pop("heap")
    assert last == first
    # What the engine itself keeps of a hundred scripts; a widget's own would be many times more.
    assert more - heap < 400_000
    assert chat.page.evaluate("going.size") == 0
    assert chat.page.evaluate("document.documentElement.children.length") == 2
    assert chat.page.evaluate("'Pitchbar' in window") is False


_NOTHING_KEPT = """
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, {
      get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });
  Object.defineProperty(Document.prototype, "cookie", {
    get() { throw new DOMException("denied", "SecurityError"); },
    set() { throw new DOMException("denied", "SecurityError"); } });
"""
_INSECURE = """
  delete Crypto.prototype.randomUUID;
  delete Crypto.prototype.subtle;
  for (const name of ["clipboard", "locks", "serviceWorker", "storage"])
    Object.defineProperty(Navigator.prototype, name, { get: () => undefined });
  Object.defineProperty(window, "isSecureContext", { value: false });
"""


@pytest.mark.parametrize("before", [_NOTHING_KEPT, _INSECURE], ids=["nothing kept", "insecure"])
def test_browser_that_keeps_nothing_or_is_not_trusted_can_ask(visit: Visit, before: str) -> None:
    chat = answered(visit(before=before))
    chat.button("close").click()
    expect(chat.panel).to_be_hidden()
    chat.open()
    expect(chat.log).to_contain_text("within fourteen days")


@pytest.mark.parametrize("hours", [-24, 24])
def test_clock_that_is_wrong_by_a_day_changes_nothing(
    visit: Visit, api: FakeApi, hours: int
) -> None:
    wrong = f"const now = Date.now; Date.now = () => now() + {hours} * 36e5;"
    chat = answered(visit(before=wrong))
    again = visit(before=wrong, beside=chat)
    again.opened()
    expect(again.log).to_contain_text("within fourteen days")
    again.ask("And now?")
    expect(again.log.get_by_text("And now?")).to_be_visible()
    # The second page went on, and nothing was renewed for fear of the clock.
    assert len(api.named("init")) <= 2


def test_tabs_share_one_conversation(visit: Visit, api: FakeApi) -> None:
    one = answered(visit())
    other = visit(beside=one)
    other.opened()
    expect(other.log).to_contain_text("within fourteen days")
    other.ask("Asked in the other tab")
    expect(other.log.get_by_text("Asked in the other tab")).to_be_visible()
    one.page.bring_to_front()
    expect(one.log.get_by_text("Asked in the other tab")).to_be_visible(timeout=8000)
    tokens = {call.headers["Authorization"] for call in api.named("messages")}
    visitors = {call.json.get("visitor") for call in api.named("init")[1:]}
    assert len(tokens) == 1 or len(visitors) == 1


# What moves within half a second of a key or a click was moved by the visitor.
_SHIFTS = """window.shift = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_by_itself(visit: Visit, api: FakeApi, width: int) -> None:
    api.triggers = [{"kind": "time", "value": 0, "action": "greet", "text": "Can I help?"}]
    said = Said(" ".join(["Money comes back within fourteen days."] * 12) + " [1]")
    words = said.words()
    slow = [Hold("first"), *words[:20], Hold("rest"), *words[20:], Hold("end"), said.done()]
    api.answers.append([*said.opening(), *slow])
    chat = visit(width, before=_SHIFTS)
    expect(chat.host.get_by_text("Can I help?")).to_be_visible()
    chat.open().ask()
    for gate in ("first", "rest", "end"):
        chat.page.wait_for_timeout(550)
        api.let_go(gate)
    expect(chat.button("helpful")).to_be_visible()
    chat.page.wait_for_timeout(100)
    assert chat.page.evaluate("window.shift") == 0
