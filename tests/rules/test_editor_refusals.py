"""What is wrong is said where it is, nothing typed is lost, and nothing is saved."""

import json
import re
import time
from html import unescape

import pytest

from pitchbar.codes.models import Code
from pitchbar.rules.queries import list_rules
from tests.rules.editing import RulesPage, open_rules
from tests.rules.factories import make_rules
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

PHONES = {
    "conditions": [{"kind": "device", "in": ["phone"]}],
    "destination_url": "https://shop.example/app",
}


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.fixture
def page(client: FormClient, people: People, code: Code) -> RulesPage:
    sign_in(client, people.editor)
    page = open_rules(client, code, people.workspace)
    page.press("add")
    page.fill("r1.destination_url", "https://shop.example/menu")
    return page


def errors(page: RulesPage) -> list[tuple[str, str]]:
    found = re.findall(r'class="field-error" id="([^"]+)">.*?<span>(.*?)</span>', page.text, re.S)
    return [(place, unescape(sentence)) for place, sentence in found]


def open_rule(page: RulesPage, key: str, url: str = "https://shop.example/menu") -> None:
    """As the form has one that is open."""
    page.fields += [("rule", key), (f"{key}.open", "1"), (f"{key}.enabled", "1")]
    page.fields.append((f"{key}.destination_url", url))


# Kind, fields, and how the sentence begins.
WRONG_CONDITIONS: list[tuple[str, dict[str, str], str]] = [
    ("device", {}, "Choose at least one."),
    ("device", {"chosen": "toaster"}, "“toaster” is no device."),
    ("country", {"chosen": "XX"}, "“XX” is no country."),
    ("language", {"chosen": "klingon!"}, "“klingon!” is no language."),
    ("os", {"more": "x" * 101}, "Use at most 100 characters."),
    ("browser", {}, "Choose at least one."),
    ("time", {}, "Choose days of the week, a time from and to, or both."),
    ("time", {"weekdays": "someday"}, "“someday” is no day."),
    ("time", {"from": "25:00", "to": "26:00"}, "Write the time as 09:00."),
    ("time", {"from": "09:00", "to": "09:00"}, "The window is empty."),
    ("time", {"from": "09:00", "zone": "Mars/Base"}, "“Mars/Base” is no time zone."),
    ("date", {}, "Say the first day, the last, or both."),
    ("date", {"from": "2026-02-30"}, "Write the day as 2026-12-24."),
    (
        "date",
        {"from": "2026-12-24", "to": "2026-12-01"},
        "The last day comes before",
    ),
    ("parameter", {"value": "4"}, "Say the name of the parameter."),
    ("scans", {"number": ""}, "Say how many scans."),
    ("scans", {"number": "many"}, "This must be a whole number."),
    ("scans", {"number": "0"}, "Use a number from 1 on."),
    ("scans", {"number": "99999999999"}, "Use a number up to 2000000000."),
    ("visitor", {"seen": "twice"}, "Choose one of: "),
]


def test_each_wrong_condition_is_said_in_its_row(page: RulesPage, code: Code) -> None:
    """All in one form: everything that is wrong is said at once."""
    page.fields = []
    for number, (kind, fields, _) in enumerate(WRONG_CONDITIONS, 1):
        open_rule(page, f"r{number}")
        page.fields += [(f"r{number}.condition", "c1"), (f"r{number}.c1.kind", kind)]
        page.fields += [(f"r{number}.c1.{name}", value) for name, value in fields.items()]
    assert page.save().status_code == 422
    said = dict(errors(page))
    assert len(said) == len(WRONG_CONDITIONS)
    for number, (kind, fields, sentence) in enumerate(WRONG_CONDITIONS, 1):
        place = f"r{number}-c1-error"
        assert said[place].startswith(sentence), (kind, fields)
        assert f'aria-describedby="{place}"' in page.text
        for name, value in fields.items():
            field = f"r{number}.c1.{'chosen' if name == 'more' else name}"
            # Of days and of the last kind, the form has all that there are.
            if value not in ("someday", "twice"):
                assert value in page.values(field) or not value
    assert "nothing that you wrote is lost" in page.text
    assert list_rules(code) == []


WRONG_DESTINATIONS = [
    ("", "Enter the address that this rule opens."),
    ("javascript:alert(1)", "Only web addresses work here"),
    ("http://pitchbar.test/t/abc", "A code cannot lead back to Pitchbar"),
    ("shop", "“shop” is no complete name"),
    ("https://shop.example/" + "x" * 2100, "Use at most 2048 characters."),
]


def test_each_wrong_destination_is_said_at_its_field(page: RulesPage) -> None:
    page.fields = []
    for number, (url, _) in enumerate(WRONG_DESTINATIONS, 1):
        open_rule(page, f"r{number}", url)
    assert page.save().status_code == 422
    said = dict(errors(page))
    for number, (url, sentence) in enumerate(WRONG_DESTINATIONS, 1):
        assert said[f"r{number}-destination_url-error"].startswith(sentence)
        assert page.values(f"r{number}.destination_url") == [url]


# Of the second destination: the field, what is typed, and how the sentence begins.
WRONG_PARTS = [
    ("weight", "0", "Use a number from 1 on."),
    ("weight", "1001", "Use a number up to 1000."),
    ("weight", "1.5", "This must be a whole number."),
    ("weight", "-3", "This must be a whole number."),
    ("destination_url", "", "Enter the address that this rule opens."),
    ("destination_url", "ftp://x.example", "Only web addresses work here"),
    ("name", "n" * 51, "Use at most 50 characters."),
]


def test_each_wrong_part_of_a_split_is_said_in_its_row(page: RulesPage) -> None:
    page.fields = []
    for number, (field, value, _) in enumerate(WRONG_PARTS, 1):
        key = f"r{number}"
        open_rule(page, key)
        page.fields.append((f"{key}.leads", "split"))
        for part in ("v1", "v2"):
            right = {"destination_url": f"https://{part}.example", "weight": "1", "name": ""}
            typed = right | ({field: value} if part == "v2" else {})
            page.fields += [(f"{key}.variant", part)]
            page.fields += [(f"{key}.{part}.{name}", one) for name, one in typed.items()]
    assert page.save().status_code == 422
    said = dict(errors(page))
    assert len(said) == len(WRONG_PARTS)
    for number, (field, value, sentence) in enumerate(WRONG_PARTS, 1):
        assert said[f"r{number}-v2-error"].startswith(sentence)
        assert page.values(f"r{number}.v2.{field}") == [value]


def test_all_that_is_wrong_is_said_at_once_and_wrong_rules_open(page: RulesPage) -> None:
    page.fill("r1.destination_url", "")
    page.press("add")
    page.press("condition:r2:country")
    page.press("close:r1")
    page.press("close:r2")
    assert page.save().status_code == 422
    assert [place for place, _ in errors(page)] == [
        "r1-destination_url-error",
        "r2-c1-error",
        "r2-destination_url-error",
    ]


def test_what_is_mended_is_no_longer_wrong(page: RulesPage, code: Code) -> None:
    page.fill("r1.destination_url", "")
    page.save()
    page.fill("r1.destination_url", "https://shop.example/menu")
    page.press("")
    assert errors(page) == []
    assert page.save().status_code == 303
    assert len(list_rules(code)) == 1


def test_who_saves_over_somebody_elses_change_is_told_once(page: RulesPage, code: Code) -> None:
    make_rules(code, PHONES, PHONES)
    assert page.save().status_code == 422
    assert "Somebody else changed the rules" in page.text
    assert page.values("r1.destination_url") == ["https://shop.example/menu"]
    assert len(list_rules(code)) == 2
    assert page.save().status_code == 303
    assert len(list_rules(code)) == 1


def test_too_many_rules_are_refused_in_a_sentence(page: RulesPage, code: Code) -> None:
    page.press("close:r1")
    packed = page.values("r1")[0]
    for number in range(2, 202):
        page.fields += [("rule", f"r{number}"), (f"r{number}", packed)]
    assert page.save().status_code == 422
    assert "A code takes at most 200 rules." in page.text
    assert len(page.keys) == 201


def test_two_hundred_rules_of_twenty_conditions_are_edited_and_saved(
    page: RulesPage, code: Code
) -> None:
    page.press("close:r1")
    packed = json.loads(page.values("r1")[0])
    condition = {"kind": "country", "test": "in", "chosen": ["DE", "AT", "CH", "FR"]}
    packed["conditions"] = [condition] * 20
    page.fields = [pair for pair in page.fields if pair[0] not in ("rule", "r1")]
    for number in range(1, 201):
        page.fields += [("rule", f"r{number}"), (f"r{number}", json.dumps(packed))]
    started = time.perf_counter()
    page.press("")
    drawn = time.perf_counter() - started
    assert page.save().status_code == 303
    assert len(list_rules(code)) == 200
    assert drawn < 5


def test_value_that_no_form_of_ours_sent_is_an_empty_rule(page: RulesPage, code: Code) -> None:
    half = {"id": "", "name": "", "match": "all", "conditions": [1], "destination_url": ""}
    for broken in ("", "{", "[]", '{"id": 1}', "null", json.dumps(half)):
        answer = page.send_raw(page.url, rule="r1", r1=broken)
        assert answer.status_code == 422
    draft = f"{page.url}/draft"
    assert page.send_raw(draft, rule=["r1", "<x>", "r99999999"], act="up:").status_code == 200
    assert page.send_raw(draft, act="condition:r9:moon").status_code == 200
    assert list_rules(code) == []


def test_id_of_a_rule_of_another_code_is_as_none(
    page: RulesPage, code: Code, people: People
) -> None:
    (other,) = make_rules(make_code(people.workspace), PHONES)
    page.fill("r1.id", str(other.id))
    assert page.save().status_code == 303
    assert [rule.id for rule in list_rules(code)] != [other.id]


def test_markup_in_what_is_typed_stays_text(page: RulesPage) -> None:
    page.fill("r1.name", "<script>alert(1)</script>")
    page.press("condition:r1:parameter")
    page.fill("r1.c1.name", '"><img src=x>')
    page.press("")
    assert "<script>alert" not in page.text
    assert "<img src=x>" not in page.text
