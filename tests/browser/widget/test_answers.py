"""What answers are made of is shown as text and a few marks, and nothing of it does anything."""

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.widget_answers import QUOTE, REFUSED, SOURCE, Hold, Said, citation
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

HTML = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> '
    "<b>bold</b> &lt;i&gt; <svg/onload=window.hacked=1>"
)
LINKS = (
    "[one](javascript:window.hacked=1) [two](data:text/html,<script>1</script>) "
    "[three](  JaVaScRiPt:window.hacked=1) [four](vbscript:x) [five](https://shop.example/ok) "
    "[six](//shop.example) [seven](&#106;avascript:window.hacked=1) [eight](java\tscript:alert) "
    '[nine](https://shop.example/"onmouseover="window.hacked=1) [ten](mailto:ada@shop.example)'
)
MARKDOWN = """## Sizes

We have **small** and *large* cups, and `code`.

- red
- blue
  - dark blue

1. wash
2. dry

```js
const cup = "<b>" + 1;
```

> As they say.

| a | b |
|---|---|
| 1 | 2 |
"""


def shown(visit: Visit, api: FakeApi, said: Said) -> Chat:
    api.answers.append(said.steps())
    chat = visit().open()
    chat.ask()
    expect(chat.button("stop")).to_be_hidden()
    expect(chat.log.locator("[aria-busy=true]")).to_have_count(0)
    return chat


def test_html_is_text(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, Said(f"{HTML} [1]", citations=[citation(title=HTML, quote=HTML)]))
    expect(chat.log.get_by_text("<b>bold</b>").first).to_be_visible()
    assert chat.log.locator("img, script, b >> text=bold, svg[onload]").count() == 0
    assert chat.page.evaluate("window.hacked") is None


def test_only_addresses_of_the_web_become_links(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, Said(LINKS, citations=[citation(url="javascript:window.hacked=1")]))
    expect(chat.log).to_contain_text("five")
    links = chat.log.locator("a").evaluate_all(
        "all => all.map((one) => [one.href, one.rel, one.target])"
    )
    assert links
    for href, rel, target in links:
        assert href.startswith(("https://shop.example/", "mailto:")), href
        assert '"' not in href
        if href.startswith("http"):
            assert "noopener" in rel
            assert target == "_blank"
    assert chat.page.evaluate("window.hacked") is None


def test_a_few_marks_are_drawn(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, Said(MARKDOWN, citations=()))
    assert chat.log.locator("strong").first.inner_text() == "small"
    assert chat.log.locator("em").first.inner_text() == "large"
    assert chat.log.locator("ul > li").count() >= 2
    assert chat.log.locator("ol > li").count() == 2
    expect(chat.log.locator("pre code")).to_have_text('const cup = "<b>" + 1;')
    assert "##" not in chat.log.inner_text()
    assert "**" not in chat.log.inner_text()


def test_code_scrolls_by_itself_and_is_copied(visit: Visit, api: FakeApi) -> None:
    line = "x" * 400
    chat = shown(visit, api, Said(f"```\n{line}\n```", citations=()))
    wide, seen = chat.log.locator("pre").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide > seen
    log = chat.log.evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert log[0] <= log[1]
    # Who has no mouse scrolls it with the keys.
    assert chat.log.locator("pre").evaluate("one => one.tabIndex") == 0


def test_ten_thousand_words_come_in_and_the_page_stays_awake(visit: Visit, api: FakeApi) -> None:
    text = "\n\n".join(
        " ".join(f"word{at}" for at in range(part, part + 50)) for part in range(0, 10_000, 50)
    )
    pieces = [text[at : at + 400] for at in range(0, len(text), 400)]
    api.answers.append(Said(text, citations=(), tokens=pieces).steps())
    chat = visit(
        before="""window.longest = 0; new PerformanceObserver((list) => {
      for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
    }).observe({ type: "longtask" });"""
    ).open()
    chat.ask()
    expect(chat.log).to_contain_text("word9999")
    # A fifth of that where nothing else is running.
    assert chat.page.evaluate("window.longest") < 1000


def test_pictures_stay_whole_while_they_come(visit: Visit, api: FakeApi) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    text = f"For {family} and \U0001f1e9\U0001f1ea, e\u0301, \u2764\ufe0f."
    api.answers.append(
        [
            *Said(text, tokens=list(text), citations=()).steps()[:-1],
            Hold("end"),
            Said(text, citations=()).done(),
        ]
    )
    chat = visit().open()
    chat.ask()
    expect(chat.log).to_contain_text(text)
    api.let_go("end")
    expect(chat.log).to_contain_text(text)


def test_hundred_citations_are_few_until_more_are_wanted(visit: Visit, api: FakeApi) -> None:
    many = [citation(n, f"{SOURCE}/{n}", f"Page {n}", f"Quote {n}.") for n in range(1, 101)]
    text = " ".join(f"Quote {n}. [{n}]" for n in range(1, 101))
    chat = shown(visit, api, Said(text, citations=many))
    first = chat.log.locator(f"a[href='{SOURCE}/1']").first
    expect(first).to_be_visible()
    more = chat.log.get_by_role("button", name="more")
    if more.count():
        more.first.click()
    expect(chat.log.locator(f"a[href='{SOURCE}/100']").first).to_be_visible()


def test_citation_opens_its_source_at_the_text(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, Said())
    chip = chat.log.get_by_role("link", name="Refunds").first
    at = QUOTE.replace(" ", "%20")
    assert chip.get_attribute("href") == f"{SOURCE}#:~:text={at}"
    assert chip.get_attribute("target") == "_blank"
    with chat.page.context.expect_page() as opened:
        chat.page.context.route(f"{SOURCE}*", lambda route: route.fulfill(body="Refunds"))
        chip.click()
    assert opened.value.url.startswith(SOURCE)
    opened.value.close()
    kinds = [call.json["kind"] for call in api.named("events")]
    assert "citation_opened" in kinds


def test_answer_says_how_it_came_about(visit: Visit, api: FakeApi) -> None:
    chat = visit().open()
    for mode, word in (("extractive", "quoted"), ("llm", "written"), ("curated", "byTeam")):
        api.answers.append(Said(mode=mode).steps())
        chat.ask(f"About {mode}?")
        expect(chat.says(word)).to_be_visible()
    api.answers.append(Said(low_confidence=True).steps())
    chat.ask("Sure?")
    expect(chat.says("unsure")).to_be_visible()


def test_refused_question_offers_a_person_and_a_form(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, REFUSED)
    chat.button("askPerson").first.click()
    expect(chat.says("asked")).to_be_visible()
    assert len(api.named("request-human")) == 1


def test_history_of_thirty_messages_is_there_again(visit: Visit, api: FakeApi) -> None:
    for at in range(40):
        api.say("visitor" if at % 2 == 0 else "agent", f"Said {at}.")
    chat = visit().open()
    expect(chat.log.get_by_text("Said 39.", exact=True)).to_be_in_viewport()
    expect(chat.log.get_by_text("Said 11.", exact=True)).to_be_attached()
    expect(chat.log.get_by_text("Said 9.", exact=True)).to_have_count(0)


def test_opinion_is_given_and_taken_back(visit: Visit, api: FakeApi) -> None:
    chat = shown(visit, api, Said())
    helpful = chat.button("helpful")
    helpful.click()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    helpful.click()
    expect(helpful).to_have_attribute("aria-pressed", "false")
    values = [call.json["value"] for call in api.named("satisfaction")]
    assert values == ["up", None]
