"""Scans that really happened go through the edited list before it is saved."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitchbar.codes.models import Code
from pitchbar.codes.services import update_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.outcomes.dry_run import DryRun, run_dry
from pitchbar.rules.queries import list_rules
from pitchbar.rules.saving import as_json
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.rules.editing import open_rules
from tests.rules.factories import make_rules
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import ROBOT

HOME = "https://destination.example/menu"
NEW = "https://shop.example/new"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
)
PHONES = {"conditions": [{"kind": "device", "in": ["phone"]}], "destination_url": NEW}
# Yesterday, so that visitors are still told apart.
START = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1)


def line(code: Code, number: int, **fields: Any) -> bytes:
    """Somebody new, a minute after the one before."""
    at = fields.pop("at", START + timedelta(minutes=number))
    values = {"address": f"81.2.{number // 250}.{number % 250 + 1}", **fields}
    return make_line(at=at, code_id=code.id, workspace_id=code.workspace_id, **values)


@pytest.fixture
def run(workspace: Workspace, code: Code, settings: Settings) -> Any:
    return lambda *rules: run_dry(workspace, code, settings, rules)


def moved(run: DryRun) -> list[tuple[str, str, int]]:
    def said(leg: Any) -> str:
        return " or ".join(leg.urls) or leg.words

    return [(said(move.before), said(move.after), move.count) for move in run.moves]


def test_scans_that_would_go_elsewhere_are_counted_first(
    code: Code, ingest: Ingest, run: Any
) -> None:
    ingest(
        *(line(code, n) for n in range(3)),
        *(line(code, n, user_agent=WINDOWS) for n in range(3, 8)),
    )
    done = run(PHONES)
    assert moved(done) == [(HOME, NEW, 3), (HOME, HOME, 5)]
    assert (done.total, done.changed, done.unsure) == (8, 3, 0)
    assert [(one.number, one.who, one.least, one.most) for one in done.taken] == [
        (1, "Phones", 3, 3),
        (0, "Everyone else", 5, 5),
    ]


def test_robots_are_left_out_and_counted(code: Code, ingest: Ingest, run: Any) -> None:
    ingest(
        line(code, 1), line(code, 2, user_agent=ROBOT), line(code, 3, method="HEAD"), line(code, 4)
    )
    done = run(PHONES)
    assert (done.total, done.robots) == (2, 2)


def test_rows_show_the_newest_scans_as_examples(code: Code, ingest: Ingest, run: Any) -> None:
    ingest(*(line(code, n, language="fr-FR,fr") for n in range(8)))
    (move,) = run(PHONES).moves
    assert [scan.scanned_at.minute for scan in move.examples] == [7, 6, 5, 4, 3]
    assert {(scan.country, scan.language, scan.device) for scan in move.examples} == {
        ("RU", "fr-FR", "phone")
    }


def test_where_a_scan_went_follows_its_rule_and_the_code_of_that_time(
    code: Code, ingest: Ingest, run: Any, settings: Settings
) -> None:
    (rule,) = make_rules(code, PHONES)
    now = datetime.now(UTC)
    ingest(
        line(code, 1, rule_id=rule.id, at=now - timedelta(minutes=2)),
        line(code, 2, rule_id=9999, at=now - timedelta(minutes=2)),
        line(code, 3, at=now - timedelta(minutes=2)),
    )
    update_code(code, SYSTEM, settings, destination_url="https://destination.example/after")
    db.session.commit()
    ingest(line(code, 4, at=now + timedelta(minutes=1)))
    assert sorted(moved(run())) == [
        ("A rule that is gone", "https://destination.example/after", 1),
        ("https://destination.example/after", "https://destination.example/after", 1),
        (HOME, "https://destination.example/after", 1),
        (NEW, "https://destination.example/after", 1),
    ]


def test_split_that_stays_keeps_its_visitors_and_a_new_one_names_both(
    code: Code, ingest: Ingest, run: Any
) -> None:
    split = [{"destination_url": f"https://{name}.example", "weight": 1} for name in "ab"]
    (rule,) = make_rules(code, {"split": split})
    ingest(line(code, 1, rule_id=rule.id, variant=1))
    kept = as_json(list_rules(code)[0])
    assert moved(run(kept)) == [("https://b.example", "https://b.example", 1)]
    heavier = {**kept, "split": [{**split[0], "weight": 5}, split[1]]}
    done = run(heavier)
    assert moved(done) == [("https://b.example", "https://a.example or https://b.example", 1)]
    assert done.has_new_split


def test_parameters_that_no_scan_keeps_are_not_guessed(
    code: Code, ingest: Ingest, run: Any
) -> None:
    ingest(line(code, 1), line(code, 2, user_agent=WINDOWS))
    by_table = {
        "conditions": [
            {"kind": "parameter", "name": "table", "is": "4"},
            {"kind": "device", "in": ["phone"]},
        ],
        "destination_url": NEW,
    }
    done = run(by_table)
    assert done.unknowable == ["table"]
    assert (done.changed, done.unsure) == (0, 1)
    (unsure,) = [move for move in done.moves if move.unless]
    assert [leg.urls for leg in unsure.unless] == [(NEW,)]
    assert [(one.least, one.most) for one in done.taken] == [(0, 1), (1, 2)]


def test_way_of_a_scan_tells_of_rules_that_have_not_changed_since(
    code: Code, ingest: Ingest, run: Any
) -> None:
    by_table = {"conditions": [{"kind": "parameter", "name": "table", "is": "4"}]}
    table, phones = make_rules(code, by_table, PHONES)
    for rule in (table, phones):
        rule.created_at = rule.updated_at = START - timedelta(days=1)
    db.session.commit()
    ingest(
        line(code, 1, rule_id=table.id),
        line(code, 2, rule_id=phones.id),
        line(code, 3, user_agent=WINDOWS),
    )
    kept = [as_json(rule) for rule in list_rules(code)]
    assert [(one.least, one.most) for one in run(*kept).taken] == [(1, 1), (1, 1), (1, 1)]
    other_table = {**kept[0], "conditions": [{**by_table["conditions"][0], "is": "5"}]}
    assert run(other_table, kept[1]).taken[0].most == 3, "of another rule it tells nothing"
    table.updated_at = START + timedelta(days=1)
    db.session.commit()
    assert run(*kept).taken[0].most == 3, "nor of one that was changed since"


def test_rule_that_was_not_asked_stays_unknown(code: Code, ingest: Ingest, run: Any) -> None:
    by_table = {"conditions": [{"kind": "parameter", "name": "table", "is": "4"}]}
    phones, table = make_rules(code, PHONES, by_table)
    for rule in (table, phones):
        rule.created_at = rule.updated_at = START - timedelta(days=1)
    db.session.commit()
    ingest(line(code, 1, rule_id=phones.id))
    first, second = [as_json(rule) for rule in list_rules(code)]
    assert [(one.least, one.most) for one in run(second, first).taken][:2] == [(0, 1), (0, 1)]


def test_campaign_tags_are_known_where_the_code_does_not_add_them(
    code: Code, ingest: Ingest, run: Any
) -> None:
    tags = [["flyer", "", "", "", ""], ["print", "", "", "", ""]]
    ingest(*(line(code, n, utm=utm) for n, utm in enumerate(tags)))
    from_flyer = {
        "conditions": [{"kind": "parameter", "name": "utm_source", "is": "flyer"}],
        "destination_url": NEW,
    }
    assert [(one.least, one.most) for one in run(from_flyer).taken] == [(1, 1), (1, 1)]
    from_print = {
        "conditions": [{"kind": "parameter", "name": "utm_source", "is": "print"}],
        "destination_url": NEW,
    }
    done = run(from_print)
    assert [(one.least, one.most) for one in done.taken] == [(0, 1), (1, 2)]


def test_scans_before_and_visitors_of_the_day_are_reckoned(
    code: Code, ingest: Ingest, run: Any
) -> None:
    ingest(*(line(code, n) for n in range(5)), line(code, 9, address="81.2.0.1"))
    first_two = {"conditions": [{"kind": "scans", "below": 2}], "destination_url": NEW}
    again = {"conditions": [{"kind": "visitor", "seen": "again"}], "destination_url": NEW}
    assert run(first_two).taken[0].least == 2
    assert run(again).taken[0].least == 1


def test_time_of_the_scan_counts_and_not_the_time_of_the_run(
    code: Code, ingest: Ingest, run: Any
) -> None:
    ingest(*(line(code, n * 60) for n in range(4)))
    until_ten = {
        "conditions": [{"kind": "time", "from": "00:00", "to": "10:00", "zone": "UTC"}],
        "destination_url": NEW,
    }
    assert run(until_ten).taken[0].least == 2


def test_code_without_scans_and_list_without_rules_are_fine(run: Any) -> None:
    done = run()
    assert (done.total, done.moves) == (0, [])
    assert [one.who for one in done.taken] == ["Everyone"]


def test_unfinished_rules_take_nobody_and_are_named(code: Code, ingest: Ingest, run: Any) -> None:
    ingest(line(code, 1))
    done = run({"conditions": [], "destination_url": ""}, PHONES)
    assert done.unfinished == [1]
    assert done.taken[1].least == 1


def test_thousand_scans_through_two_hundred_rules_take_less_than_a_second(
    code: Code, ingest: Ingest, run: Any
) -> None:
    ingest(*(line(code, n) for n in range(1010)))
    countries = {"kind": "country", "in": ["DE", "AT", "CH"]}
    table = {"kind": "parameter", "name": "table", "is": "4"}
    rules = [{"conditions": [countries, table], "destination_url": NEW}] * 199
    started = time.perf_counter()
    done = run(*rules, PHONES)
    seconds = time.perf_counter() - started
    assert (done.total, done.changed) == (1000, 1000)
    assert seconds < 1


def test_page_shows_it_beside_the_list_and_keeps_what_was_typed(
    client: FormClient, people: People, ingest: Ingest
) -> None:
    code = make_code(people.workspace)
    make_rules(code, PHONES)
    ingest(line(code, 1), line(code, 2, user_agent=WINDOWS))
    sign_in(client, people.editor)
    page = open_rules(client, code, people.workspace)
    page.press("open:r1")
    page.fill("r1.destination_url", "https://shop.example/typed")
    sent: dict[str, list[str]] = {}
    for name, value in page.fields:
        sent.setdefault(name, []).append(value)
    del sent["csrf_token"]
    answer = client.submit(f"{page.url}/dry-run", sent)
    assert answer.status_code == 200
    assert re.search(r"<b>1</b>\s*of 2 scans would go elsewhere", answer.text)
    assert 'name="r1.destination_url" value="https://shop.example/typed"' in " ".join(
        answer.text.split()
    )
    fragment = client.submit(f"{page.url}/dry-run", sent, fragment=True)
    assert "<html" not in fragment.text
    assert list_rules(code)[0].destination_url == NEW, "nothing is kept"


def test_scans_of_other_codes_and_workspaces_stay_out(
    workspace: Workspace, code: Code, ingest: Ingest, run: Any, people: People
) -> None:
    ingest(line(make_code(workspace), 1), line(make_code(people.workspace), 2), line(code, 3))
    assert run(PHONES).total == 1
