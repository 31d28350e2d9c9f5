from typing import Any

import orjson
import pytest
from sqlalchemy import select

from pitchbar.codes.errors import CodeNotFound
from pitchbar.codes.services import delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import bus, db
from pitchbar.rules.drafts import RuleDraft
from pitchbar.rules.errors import InvalidRules
from pitchbar.rules.queries import count_rules, list_rules
from pitchbar.rules.services import replace_rules
from pitchbar.settings import current_settings
from tests.rules.factories import ELSEWHERE, make_rules
from tests.support.factories import People, make_code

PHONES: dict[str, Any] = {"name": "Phones", "conditions": [{"kind": "device", "in": ["phone"]}]}
EVERYBODY: dict[str, Any] = {"name": "Everybody"}


def entries() -> list[AuditEntry]:
    action = AuditEntry.action == "code.rules_changed"
    return list(db.session.scalars(select(AuditEntry).where(action).order_by(AuditEntry.id)))


def test_rules_keep_their_ids_and_take_new_places(people: People) -> None:
    code = make_code(people.workspace)
    first, second = make_rules(code, PHONES, EVERYBODY)
    ids, changed = (first.id, second.id), second.updated_at
    made = make_rules(code, {**EVERYBODY, "id": ids[1]}, {**PHONES, "id": ids[0], "name": "Mobile"})
    assert [(rule.id, rule.position, rule.name) for rule in made] == [
        (ids[1], 1, "Everybody"),
        (ids[0], 2, "Mobile"),
    ]
    assert list_rules(code) == made
    assert made[1].created_at < made[1].updated_at
    assert changed <= made[0].updated_at


def test_a_rule_that_is_left_out_goes(people: People) -> None:
    code = make_code(people.workspace)
    first, _ = make_rules(code, PHONES, EVERYBODY)
    make_rules(code, {**PHONES, "id": first.id})
    assert count_rules(code) == 1
    make_rules(code)
    assert (count_rules(code), code.routing) == (0, None)


def test_an_id_of_another_code_or_a_second_time_makes_a_new_rule(people: People) -> None:
    code, other = make_code(people.workspace), make_code(people.workspace)
    (foreign,) = make_rules(other, PHONES)
    (own,) = make_rules(code, PHONES)
    made = make_rules(code, *[{**PHONES, "id": one} for one in (own.id, own.id, foreign.id, 2**62)])
    ids = [rule.id for rule in made]
    assert ids[0] == own.id
    assert len({*ids, foreign.id}) == 5
    assert [rule.id for rule in list_rules(other)] == [foreign.id]


def test_the_edge_reads_the_rules_that_are_switched_on(people: People) -> None:
    code = make_code(people.workspace)
    split = [
        {"destination_url": ELSEWHERE, "weight": 1},
        {"destination_url": ELSEWHERE, "weight": 3},
    ]
    made = make_rules(code, {**PHONES, "enabled": False}, {**EVERYBODY, "split": split}, PHONES)
    routing = orjson.loads(code.routing or "")
    assert [rule["id"] for rule in routing] == [made[1].id, made[2].id]
    assert [one["weight"] for one in routing[0]["split"]] == [1, 3]
    assert routing[1] == {
        "id": made[2].id,
        "match": "all",
        "conditions": [{"kind": "device", "in": ["phone"]}],
        "destination_url": ELSEWHERE,
    }


def test_destinations_are_cleaned_as_a_codes_own(people: People) -> None:
    code = make_code(people.workspace)
    (rule,) = make_rules(code, {"destination_url": "shop.example/ä"})
    assert rule.destination_url == "https://shop.example/%C3%A4"


def test_our_own_host_is_refused_also_by_the_service(people: People) -> None:
    code = make_code(people.workspace)
    draft = RuleDraft(destination_url="http://pitchbar.test/t/menu")
    with pytest.raises(InvalidRules) as error:
        replace_rules(code, SYSTEM, current_settings(), [draft])
    assert list(error.value.fields) == ["rules.0.destination_url"]


def test_the_audit_log_reads_as_sentences(people: People) -> None:
    code = make_code(people.workspace)
    make_rules(code, PHONES)
    make_rules(code, {**PHONES, "enabled": False}, EVERYBODY)
    first, second = entries()
    told = f"“Phones”: device in phone → {ELSEWHERE}"
    assert (first.before, first.after) == ({}, {"rule 1": told})
    assert second.before == {"rule 1": told}
    assert second.after == {
        "rule 1": f"{told} (switched off)",
        "rule 2": f"“Everybody”: every visitor → {ELSEWHERE}",
    }


def test_what_changes_nothing_is_told_to_nobody(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_code(people.workspace)
    (rule,) = make_rules(code, PHONES)
    told: list[Any] = []
    monkeypatch.setattr(bus, "publish", lambda *message: told.append(message))
    changed = rule.updated_at
    make_rules(code, {**PHONES, "id": rule.id})
    assert (len(entries()), told, rule.updated_at) == (1, [], changed)


def test_the_smallest_change_at_the_end_of_a_long_rule_is_one(people: People) -> None:
    code = make_code(people.workspace)
    split = [{"destination_url": ELSEWHERE, "weight": 1, "name": name} for name in ("A", "B")]
    asked = [{"kind": "parameter", "name": "n" * 90, "is": str(number)} for number in range(20)]
    long: dict[str, Any] = {"conditions": asked, "split": split}
    (rule,) = make_rules(code, long)
    for change in (
        {"conditions": [*asked[:-1], {**asked[-1], "is": "other"}]},
        {"split": [split[0], {**split[1], "name": "C"}]},
        {"match": "any"},
    ):
        before = code.routing, code.updated_at
        long |= {"id": rule.id, **change}
        make_rules(code, long)
        assert code.routing != before[0]
        assert code.updated_at > before[1]
    assert len(entries()) == 4


def test_resolvers_hear_of_it_once_it_is_certain(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_code(people.workspace)
    told: list[Any] = []
    monkeypatch.setattr(bus, "publish", lambda *message: told.append(message))
    draft = RuleDraft(destination_url=ELSEWHERE)
    replace_rules(code, SYSTEM, current_settings(), [draft])
    assert told == []
    db.session.commit()
    assert told == [("codes", {"short_code": code.short_code, "addresses": []})]


def test_a_deleted_code_takes_no_rules(people: People) -> None:
    code = make_code(people.workspace)
    delete_code(code, SYSTEM, code.name)
    with pytest.raises(CodeNotFound):
        make_rules(code, PHONES)
