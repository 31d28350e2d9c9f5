"""Scans are counted by the rule that took them, in the transaction that stores them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.outcomes.models import RuleDay
from pitchbar.outcomes.queries import figures_by_rule, people_by_variant
from pitchbar.rules.figures import NO_RULE, RuleFigures
from pitchbar.workspaces.models import Workspace
from tests.rules.factories import make_rules
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import ROBOT
from tests.support.servers import on_both_databases

SPLIT = {
    "split": [
        {"destination_url": "https://a.example", "weight": 1, "name": "A"},
        {"destination_url": "https://b.example", "weight": 1, "name": "B"},
    ]
}


def lines(code: Code, *ways: tuple[int, int], **fields: Any) -> list[bytes]:
    """A scan each of somebody new, by rule and variant."""
    return [
        make_line(
            code_id=code.id,
            workspace_id=code.workspace_id,
            rule_id=rule_id,
            variant=variant,
            address=f"81.2.69.{at + 1}",
            **fields,
        )
        for at, (rule_id, variant) in enumerate(ways)
    ]


def rows() -> list[tuple[int, ...]]:
    query = select(RuleDay.rule_id, RuleDay.variant, RuleDay.hits, RuleDay.people)
    found = db.session.execute(query.order_by(RuleDay.rule_id, RuleDay.variant))
    return [tuple(row) for row in found]


@on_both_databases
def test_scans_grow_the_day_of_their_rule_and_variant(code: Code, ingest: Ingest) -> None:
    first = lines(code, (7, -1), (7, -1), (8, 0), (8, 1), (8, 1), (0, -1))
    ingest(*first)
    assert rows() == [(7, -1, 2, 2), (8, 0, 1, 1), (8, 1, 2, 2)]
    ingest(*first, *lines(code, (7, -1), user_agent=ROBOT))
    assert rows() == [(7, -1, 3, 2), (8, 0, 1, 1), (8, 1, 2, 2)], "none twice, robots are no people"


def test_scans_without_a_rule_ask_nothing_of_the_table(code: Code, ingest: Ingest) -> None:
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        ingest(*lines(code, (0, -1), (0, -1)))
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    assert not [statement for statement in asked if "rule_days" in statement]
    assert rows() == []


def test_figures_tell_what_each_rule_took_and_what_none_did(
    workspace: Workspace, code: Code, ingest: Ingest
) -> None:
    other = make_code(workspace)
    ingest(*lines(code, (7, -1), (7, -1), (8, 0), (0, -1)), *lines(other, (7, -1)))
    found = figures_by_rule(workspace, code)
    assert found[7] == RuleFigures(2, 2)
    assert found[NO_RULE] == RuleFigures(1, 1)
    assert people_by_variant(workspace, code.id) == {(8, 0): 1}


def test_old_scans_count_as_all_and_not_as_the_last_30_days(
    workspace: Workspace, code: Code, ingest: Ingest
) -> None:
    ingest(*lines(code, (7, -1)))
    db.session.execute(update(RuleDay).values(day=clock.now().date() - timedelta(days=40)))
    db.session.commit()
    assert figures_by_rule(workspace, code)[7] == RuleFigures(0, 1)


def test_page_of_the_rules_shows_them(client: FormClient, people: People, ingest: Ingest) -> None:
    code = make_code(people.workspace)
    (rule,) = make_rules(code, {"conditions": [{"kind": "device", "in": ["phone"]}]})
    ingest(*lines(code, (rule.id, -1), (rule.id, -1), (0, -1)))
    sign_in(client, people.member)
    text = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/rules").text
    assert "<b>2</b> scans in 30 days · 2 in all" in " ".join(text.split())
    assert "<b>1</b> scan in 30 days · 1 in all" in " ".join(text.split())


def test_page_compares_the_destinations_of_a_split(
    client: FormClient, people: People, ingest: Ingest
) -> None:
    code = make_code(people.workspace)
    (rule,) = make_rules(code, SPLIT)
    ingest(*lines(code, (rule.id, 0), (rule.id, 0), (rule.id, 1)))
    sign_in(client, people.member)
    text = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/rules").text
    assert "Too early to say: no scan has led to a conversion yet." in text


@pytest.mark.parametrize("variant", [9, 32000])
def test_variant_that_the_split_no_longer_has_harms_nobody(
    client: FormClient, people: People, ingest: Ingest, variant: int
) -> None:
    code = make_code(people.workspace)
    (rule,) = make_rules(code, SPLIT)
    ingest(*lines(code, (rule.id, variant)))
    sign_in(client, people.member)
    at = f"/w/{people.workspace.slug}/codes/{code.id}/rules"
    assert client.get(at).status_code == 200
    assert "A rule that is gone" in client.submit(f"{at}/dry-run").text
