"""The editor without scripts: each button sends the whole list, and nothing is kept but by Save."""

import re
from typing import Any

import pytest

from pitchbar.codes.models import Code
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json
from tests.rules.editing import RulesPage, open_rules
from tests.rules.factories import make_rules
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

PHONES = {
    "conditions": [{"kind": "device", "in": ["phone"]}],
    "destination_url": "https://shop.example/app",
}
GERMANY = {
    "conditions": [{"kind": "country", "in": ["DE", "AT"]}],
    "destination_url": "https://shop.example/de",
}
SPLIT = {
    "conditions": [],
    "split": [
        {"destination_url": "https://shop.example/a", "weight": 70, "name": "A"},
        {"destination_url": "https://shop.example/b", "weight": 30, "name": "B"},
    ],
}


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.fixture
def page(client: FormClient, people: People, code: Code) -> RulesPage:
    make_rules(code, PHONES, GERMANY, SPLIT)
    sign_in(client, people.editor)
    return open_rules(client, code, people.workspace)


@pytest.fixture
def empty(client: FormClient, people: People, code: Code) -> RulesPage:
    sign_in(client, people.editor)
    return open_rules(client, code, people.workspace)


def sentences(page: RulesPage) -> list[str]:
    return re.findall(r'<h2 class="rule-sentence">([^<]+)</h2>', page.text)


def kept(code: Code) -> list[dict[str, Any]]:
    rules = [as_json(rule) for rule in list_rules(code)]
    return [{k: v for k, v in rule.items() if k not in ("id", "name")} for rule in rules]


def test_page_reads_the_rules_back_and_ends_with_everyone_else(page: RulesPage) -> None:
    assert sentences(page) == [
        "Phones",
        "Visitors in Germany or Austria",
        "Everyone",
        "Everyone else",
    ]
    assert "All changes are saved" in page.text
    assert "split 70 : 30 between" in page.text


def test_without_rules_three_examples_can_be_started_from(empty: RulesPage, code: Code) -> None:
    for title in ("Phones to the app store", "Lunch menu until 15:00", "A/B test two pages"):
        assert title in empty.text
    empty.press("example:lunch")
    assert sentences(empty)[0] == "Everyone, on weekdays from 11:00 to 15:00 (UTC)"
    assert empty.focus == "r1-first-url"
    empty.fill("r1.destination_url", "shop.example/lunch")
    assert empty.save().status_code == 303
    (rule,) = kept(code)
    assert rule["destination_url"] == "https://shop.example/lunch"
    assert rule["conditions"][0]["to"] == "15:00"


def test_a_b_test_starts_with_two_equal_parts(empty: RulesPage, code: Code) -> None:
    empty.press("example:test")
    empty.fill("r1.v1.destination_url", "https://a.example")
    empty.fill("r1.v2.destination_url", "https://b.example")
    empty.save()
    assert [one["weight"] for one in kept(code)[0]["split"]] == [1, 1]


def test_saving_what_was_not_changed_changes_nothing(page: RulesPage, code: Code) -> None:
    before = [as_json(rule) for rule in list_rules(code)]
    assert page.save().status_code == 303
    assert [as_json(rule) for rule in list_rules(code)] == before


def test_nothing_is_kept_before_it_is_saved(page: RulesPage, code: Code) -> None:
    before = kept(code)
    page.press("remove:r1")
    page.press("duplicate:r2")
    page.press("add")
    assert "Unsaved changes" in page.text
    assert kept(code) == before


def test_rule_moves_by_its_buttons_and_keeps_the_focus(page: RulesPage, code: Code) -> None:
    page.press("down:r1")
    assert page.keys == ["r2", "r1", "r3"]
    assert page.focus == "r1-down"
    assert "Now rule 2 of 3." in page.text
    page.press("down:r1")
    assert page.focus == "r1-up", "the button that is left"
    assert "down:r1" not in page.buttons
    page.save()
    assert kept(code)[2]["destination_url"] == "https://shop.example/app"


def test_moving_passes_over_removed_rules(page: RulesPage) -> None:
    page.press("remove:r2")
    page.press("down:r1")
    assert page.keys == ["r2", "r3", "r1"]
    assert "Now rule 2 of 2." in page.text


def test_order_of_the_fields_is_the_order_of_the_rules(page: RulesPage, code: Code) -> None:
    """As dragging leaves them."""
    page.fill("rule", "r3", "r1", "r2")
    page.save()
    assert [bool(rule.get("split")) for rule in kept(code)] == [True, False, False]


def test_copy_stands_below_and_is_a_rule_of_its_own(page: RulesPage, code: Code) -> None:
    page.press("duplicate:r2")
    assert page.keys == ["r1", "r2", "r4", "r3"]
    assert page.values("r4.id") == [""], "the figures stay with the first"
    page.save()
    assert len({rule.id for rule in list_rules(code)}) == 4
    assert kept(code)[1] == kept(code)[2]


def test_removed_rule_comes_back_as_it_was(page: RulesPage, code: Code) -> None:
    before = [as_json(rule) for rule in list_rules(code)]
    page.press("remove:r2")
    assert "Removed once you save" in page.text
    assert page.focus == "r2-restore"
    page.press("restore:r2")
    assert "Unsaved changes" not in page.text
    page.save()
    assert [as_json(rule) for rule in list_rules(code)] == before


def test_removed_rule_is_gone_once_it_is_saved(page: RulesPage, code: Code) -> None:
    page.press("remove:r2")
    page.save()
    assert [bool(rule.get("split")) for rule in kept(code)] == [False, True]
    assert kept(code)[0]["destination_url"] == "https://shop.example/app"


def test_rule_is_switched_off_and_on(page: RulesPage, code: Code) -> None:
    page.fields.remove(("r1.enabled", "1"))
    page.save()
    assert [rule["enabled"] for rule in kept(code)] == [False, True, True]


def test_open_rule_keeps_everything_typed_through_every_button(page: RulesPage) -> None:
    page.press("open:r1")
    page.fill("r1.destination_url", "not an address")
    page.fill("r1.name", "App <store>")
    page.press("condition:r1:time")
    page.fill("r1.c2.weekdays", "mon", "fri")
    page.fill("r1.c2.from", "9 o'clock")
    page.press("open:r2")
    page.press("close:r1")
    page.press("down:r1")
    page.press("open:r1")
    assert page.values("r1.destination_url") == ["not an address"]
    assert page.values("r1.name") == ["App <store>"]
    assert page.values("r1.c2.weekdays") == ["mon", "fri"]
    assert page.values("r1.c2.from") == ["9 o'clock"]


def test_conditions_come_and_go(page: RulesPage, code: Code) -> None:
    page.press("open:r1")
    page.press("condition:r1:parameter")
    assert page.focus == "r1-c2-kind"
    page.fill("r1.c2.name", "table")
    page.fill("r1.c2.value", "4")
    page.press("remove_condition:r1:c1")
    page.save()
    assert kept(code)[0]["conditions"] == [{"kind": "parameter", "name": "table", "is": "4"}]


def test_another_kind_begins_its_row_anew(page: RulesPage) -> None:
    page.press("open:r1")
    page.fill("r1.c1.kind", "scans")
    page.press("")
    assert page.values("r1.c1.number") == ["100"]
    assert sentences(page)[0] == "Everyone, for the first 100 scans"


def test_chosen_country_joins_the_others(page: RulesPage, code: Code) -> None:
    page.press("open:r2")
    page.fields.append(("r2.c1.chosen", "CH"))
    page.press("")
    assert sentences(page)[1] == "Visitors in Germany, Austria or Switzerland"
    page.save()
    assert kept(code)[1]["conditions"][0]["in"] == ["DE", "AT", "CH"]


def test_names_of_systems_may_be_typed(empty: RulesPage, code: Code) -> None:
    empty.press("add")
    empty.press("condition:r1:os")
    empty.fill("r1.c1.chosen", "iOS")
    empty.fill("r1.c1.more", "HarmonyOS, Tizen ,")
    empty.fill("r1.destination_url", "https://shop.example/app")
    empty.save()
    assert kept(code)[0]["conditions"] == [{"kind": "os", "in": ["iOS", "HarmonyOS", "Tizen"]}]


def test_destination_becomes_a_split_and_one_again(page: RulesPage, code: Code) -> None:
    page.press("open:r1")
    page.press("split:r1")
    assert page.values("r1.v1.destination_url") == ["https://shop.example/app"]
    page.press("variant:r1")
    page.fill("r1.v2.destination_url", "https://shop.example/b")
    page.fill("r1.v3.destination_url", "https://shop.example/c")
    page.fill("r1.v3.weight", "2")
    page.press("")
    assert re.findall(r'class="variant-share"[^>]*>(\d+) %', page.text) == ["25", "25", "50"]
    page.press("remove_variant:r1:v2")
    page.press("single:r1")
    assert page.values("r1.destination_url") == ["https://shop.example/app"]
    page.press("split:r1")
    assert page.values("r1.v3.destination_url") == ["https://shop.example/c"], "nothing is lost"
    page.save()
    assert [one["weight"] for one in kept(code)[0]["split"]] == [1, 2]


@pytest.mark.parametrize("by", ["analyst", "member"])
def test_who_may_not_edit_reads_the_list_and_tries_visitors(
    client: FormClient, people: People, code: Code, by: str
) -> None:
    make_rules(code, PHONES)
    sign_in(client, getattr(people, by))
    page = open_rules(client, code, people.workspace)
    assert "Save rules" not in page.text
    assert "open:r1" not in page.buttons
    page.fill("sim.device", "desktop")
    page.press("")
    assert "<b>No rule</b>" in page.text
    assert client.submit(page.url, {}).status_code == 403


def test_code_of_another_workspace_is_not_found(client: FormClient, people: People) -> None:
    elsewhere = make_code(people.elsewhere)
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/{elsewhere.id}/rules"
    assert client.get(at).status_code == 404
    for url in (at, f"{at}/draft", f"{at}/dry-run"):
        assert client.submit(url).status_code == 404


def test_page_of_the_code_tells_of_its_rules(page: RulesPage) -> None:
    text = page.client.get(page.url.removesuffix("/rules")).text
    assert "Visitors in Germany or Austria" in text
    assert f'href="{page.url}"' in text


def test_htmx_gets_the_list_alone(page: RulesPage) -> None:
    answer = page.client.submit(f"{page.url}/draft", {"act": "add"}, fragment=True)
    assert answer.text.lstrip().startswith("<form")
    assert "<html" not in answer.text


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_code_preview="2/minute")
def test_drawing_has_a_limit_that_saving_has_not(page: RulesPage) -> None:
    for _ in range(2):
        page.press("")
    assert page.client.submit(f"{page.url}/draft").status_code == 429
    assert page.client.submit(f"{page.url}/dry-run").status_code == 429
    assert page.save().status_code == 303
