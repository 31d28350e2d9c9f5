"""Where the rules of a code lead a scan, asked at the edge."""

import io
import time
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from bench.rule_sets import twenty_rules
from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, delete_code, update_code
from pitchbar.core.code_passwords import hash_code_password
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import bus, db
from pitchbar.rules.compiling import CompiledRules
from pitchbar.rules.visits import RequestVisit
from pitchbar.scans.edge import Edge
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.rules.factories import ELSEWHERE, make_rules
from tests.scans.conftest import Ingest, MakeEdge
from tests.scans.edging import call_edge, read_spool
from tests.scans.limiting import make_process
from tests.scans.lines import make_line
from tests.support.outage import take_database_away

PHONES = {"conditions": [{"kind": "device", "in": ["phone"]}]}
HOME = "https://destination.example/menu?utm_source=print"
HALVES = [{"destination_url": f"{ELSEWHERE}/{name}", "weight": 1} for name in "ab"]


def with_parameter(name: str, value: str) -> dict[str, Any]:
    return {"conditions": [{"kind": "parameter", "name": name, "is": value}]}


def leads_to(edge: Edge, query: str = "", **environ: Any) -> str:
    answer = call_edge(edge, "/t/menu", query, **environ)
    assert answer.status == 302
    return answer["Location"]


def rules_of(resolver: Resolver) -> CompiledRules:
    resolved = resolver.resolve("menu")
    assert resolved is not None
    assert resolved.special is not None
    assert resolved.special.rules is not None
    return resolved.special.rules


def test_a_rule_leads_elsewhere_and_the_line_names_it(edge: Edge, code: Code, spool: Spool) -> None:
    (rule,) = make_rules(code, PHONES)
    assert leads_to(edge) == f"{ELSEWHERE}?utm_source=print"
    (line,) = read_spool(spool)
    assert (line["rule_id"], line["variant"]) == (rule.id, -1)
    assert line["utm"] == ["print", "", "", "", ""]


def test_where_no_rule_matches_the_code_leads_and_the_line_is_as_ever(
    edge: Edge, code: Code, spool: Spool
) -> None:
    make_rules(code, PHONES)
    assert leads_to(edge, HTTP_USER_AGENT="curl/8") == HOME
    (line,) = read_spool(spool)
    assert "rule_id" not in line


def test_a_campaign_stays_on_the_line_of_a_rule(edge: Edge, code: Code, spool: Spool) -> None:
    make_rules(code, PHONES)
    code.campaign = "spring"
    db.session.commit()
    leads_to(edge)
    leads_to(edge, HTTP_USER_AGENT="curl/8")
    assert [line["campaign"] for line in read_spool(spool)] == ["spring", "spring"]


def test_codes_without_rules_or_with_none_switched_on_are_not_special(
    engine: Engine, code: Code
) -> None:
    for rules in ((), ({**PHONES, "enabled": False},)):
        make_rules(code, *rules)
        resolved = Resolver(engine).resolve("menu")
        assert resolved is not None
        assert resolved.special is None


def test_a_rule_is_compiled_once_for_many_look_ups(engine: Engine, code: Code) -> None:
    make_rules(code, PHONES)
    assert rules_of(Resolver(engine)) is rules_of(Resolver(engine))


def test_values_of_the_scanned_address_reach_the_rules_destination(
    make_edge: MakeEdge, code: Code
) -> None:
    make_rules(code, {**with_parameter("table", "4"), "destination_url": f"{ELSEWHERE}?a=b#c"})
    query = "table=4&utm_campaign=summer%20sale"
    tagged = f"{ELSEWHERE}?a=b&utm_source=print&utm_campaign=summer%20sale"
    assert leads_to(make_edge(), query) == f"{tagged}#c"
    code.forward_parameters = True
    db.session.commit()
    assert leads_to(make_edge(), query) == f"{tagged}&table=4#c"


def test_a_change_is_followed_at_once_where_the_bus_reaches(
    make_edge: MakeEdge, engine: Engine, code: Code
) -> None:
    resolver = Resolver(engine, max_stale=60)
    resolver.listen(bus)
    edge = make_edge(resolver=resolver)
    assert leads_to(edge) == HOME
    make_rules(code, PHONES)
    assert leads_to(edge).startswith(ELSEWHERE)
    make_rules(code)
    assert leads_to(edge) == HOME


def test_a_changed_tag_of_the_code_reaches_the_rules_destination(
    edge: Edge, make_edge: MakeEdge, code: Code, settings: Settings
) -> None:
    make_rules(code, PHONES)
    assert leads_to(edge) == f"{ELSEWHERE}?utm_source=print"
    update_code(code, SYSTEM, settings, utm_source="poster")
    db.session.commit()
    assert leads_to(make_edge()) == f"{ELSEWHERE}?utm_source=poster"


def test_archived_and_deleted_codes_lead_nowhere_whatever_their_rules(
    make_edge: MakeEdge, code: Code
) -> None:
    make_rules(code, PHONES)
    archive_code(code, SYSTEM)
    db.session.commit()
    archived = call_edge(make_edge(), "/t/menu")
    delete_code(code, SYSTEM, code.name)
    db.session.commit()
    deleted = call_edge(make_edge(), "/t/menu")
    assert (archived.status, deleted.status) == (410, 404)


@pytest.mark.parametrize("routing", ["", "nonsense", "[5]", '{"id": 1}', '[{"id": "x"}]', "[[[["])
def test_rules_that_cannot_be_read_never_stop_a_redirect(
    edge: Edge, code: Code, routing: str
) -> None:
    code.routing = routing
    db.session.commit()
    assert leads_to(edge) == HOME


def test_a_zone_that_is_gone_never_stops_a_redirect(edge: Edge, code: Code) -> None:
    make_rules(code, PHONES)
    db.session.get_one(Workspace, code.workspace_id).time_zone = "Mars/Olympus"
    db.session.commit()
    assert leads_to(edge) == HOME


def test_a_visitor_whom_nothing_can_be_made_of_is_led_on_by_the_code(
    edge: Edge, code: Code, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rules(code, {"conditions": [{"kind": "country", "in": ["CH"]}]})

    def fail(visit: RequestVisit) -> str:
        raise ValueError(visit)

    monkeypatch.setattr("pitchbar.rules.visits.RequestVisit.country", fail)
    assert leads_to(edge) == HOME
    assert len(read_spool(spool)) == 1


def test_a_visitor_keeps_to_one_half_and_the_line_says_which(
    edge: Edge, code: Code, spool: Spool
) -> None:
    (rule,) = make_rules(code, {"split": HALVES})
    visitors = [f"198.51.{number}.1" for number in range(40)]
    for address in visitors * 3:
        leads_to(edge, REMOTE_ADDR=address)
    by_visitor: dict[str, Counter[int]] = {address: Counter() for address in visitors}
    for line in read_spool(spool):
        assert line["rule_id"] == rule.id
        by_visitor[line["address"]][line["variant"]] += 1
    assert all(list(seen.values()) == [3] for seen in by_visitor.values())
    assert {variant for seen in by_visitor.values() for variant in seen} == {0, 1}


def test_new_visitors_and_those_who_come_again_are_told_apart(edge: Edge, code: Code) -> None:
    again = {"conditions": [{"kind": "visitor", "seen": "again"}]}
    make_rules(code, again)
    assert leads_to(edge) == HOME
    assert leads_to(edge).startswith(ELSEWHERE)
    assert leads_to(edge, HTTP_ACCEPT_LANGUAGE="fr") == HOME
    assert leads_to(edge, REMOTE_ADDR="198.51.100.8") == HOME


def test_who_was_taken_by_another_rule_was_here_all_the_same(edge: Edge, code: Code) -> None:
    first = with_parameter("vip", "yes")
    make_rules(code, first, {"conditions": [{"kind": "visitor", "seen": "new"}]})
    leads_to(edge, "vip=yes")
    assert leads_to(edge) == HOME


@pytest.mark.parametrize("look", [{"method": "HEAD"}, {"HTTP_SEC_PURPOSE": "prefetch"}])
def test_a_look_ahead_makes_nobody_known(edge: Edge, code: Code, look: dict[str, Any]) -> None:
    make_rules(code, {"conditions": [{"kind": "visitor", "seen": "new"}]})
    assert leads_to(edge, **look).startswith(ELSEWHERE)
    assert leads_to(edge).startswith(ELSEWHERE)
    assert leads_to(edge, **look) == HOME


def test_who_is_led_on_behind_a_password_counts_as_any_other(
    engine: Engine, spool: Spool, code: Code
) -> None:
    code.password_hash = hash_code_password("open")
    db.session.commit()
    first = {"conditions": [{"kind": "scans", "below": 1}], "destination_url": f"{ELSEWHERE}/first"}
    again = {"conditions": [{"kind": "visitor", "seen": "again"}]}
    make_rules(code, first, again)
    edge = make_process(engine, spool).edge
    led = []
    for _ in range(3):
        assert call_edge(edge, "/t/menu").status == 200
        given = {"wsgi.input": io.BytesIO(b"password=open"), "CONTENT_LENGTH": "13"}
        led.append(call_edge(edge, "/t/menu", "", "POST", **given)["Location"])
    assert led == [f"{ELSEWHERE}{end}?utm_source=print" for end in ("/first", "", "")]


@pytest.mark.parametrize("scan_limit", [None, 100])
def test_the_first_scans_are_led_elsewhere(
    engine: Engine, spool: Spool, code: Code, scan_limit: int | None
) -> None:
    code.scan_limit = scan_limit
    db.session.commit()
    make_rules(code, {"conditions": [{"kind": "scans", "below": 3}]})
    edge = make_process(engine, spool).edge
    looks = [leads_to(edge, method="HEAD").startswith(ELSEWHERE) for _ in range(5)]
    led = [leads_to(edge).startswith(ELSEWHERE) for _ in range(5)]
    assert (looks, led) == ([True] * 5, [True, True, True, False, False])
    assert leads_to(edge, method="HEAD") == HOME


def test_processes_count_scans_together_and_scans_of_before_count(
    engine: Engine, spool: Spool, code: Code, ingest: Ingest, redis_url: str
) -> None:
    ingest(*[make_line(code_id=code.id, workspace_id=code.workspace_id) for _ in range(4)])
    make_rules(code, {"conditions": [{"kind": "scans", "below": 7}]})
    one, other = (make_process(engine, spool, redis_url).edge for _ in range(2))
    led = [leads_to(edge).startswith(ELSEWHERE) for edge in (one, other, other, one, other)]
    assert led == [True, True, True, False, False]


@pytest.mark.parametrize(
    "language", ["", "\x00\xff", ";;;=,,q", "*;q=*", "de" * 40_000, "a-b-c-d-" * 99, "ü;q=1e999"]
)
def test_odd_languages_are_none(edge: Edge, code: Code, language: str) -> None:
    make_rules(code, {"conditions": [{"kind": "language", "not_in": ["de"]}]})
    assert leads_to(edge, HTTP_ACCEPT_LANGUAGE=language).startswith(ELSEWHERE)


@pytest.mark.parametrize(
    "value", ["%0d%0aSet-Cookie:%20a=b", "\r\nX: y", "%E2%82%AC\xe2\x82\xac", "%00", "\udcff"]
)
def test_odd_values_leave_the_header_whole(edge: Edge, code: Code, value: str) -> None:
    make_rules(code, PHONES)
    location = leads_to(edge, f"utm_campaign={value}&x={value}")
    assert location.startswith(f"{ELSEWHERE}?utm_source=print&utm_campaign=")
    assert location.isascii()
    assert location.isprintable()
    assert " " not in location


def test_ten_thousand_parameters_are_passed_by_quickly(edge: Edge, code: Code) -> None:
    make_rules(code, with_parameter("table", "4"))
    query = "&".join(f"p{number}=%41" for number in range(10_000))
    leads_to(edge)
    started = time.perf_counter()
    assert leads_to(edge, query) == HOME
    assert leads_to(edge, f"{query}&table=4").startswith(ELSEWHERE)
    assert time.perf_counter() - started < 0.5


def test_of_twenty_rules_the_last_fires(edge: Edge, code: Code, spool: Spool) -> None:
    rules = make_rules(code, *twenty_rules())
    assert "rule-20" in leads_to(edge, HTTP_ACCEPT_LANGUAGE="de-CH,de;q=0.9")
    assert [line["rule_id"] for line in read_spool(spool)] == [rules[-1].id]


def test_two_hundred_rules_lead_on(edge: Edge, code: Code) -> None:
    make_rules(
        code,
        *[
            {**with_parameter("table", str(number)), "destination_url": f"{ELSEWHERE}/{number}"}
            for number in range(200)
        ],
    )
    assert leads_to(edge, "table=199").startswith(f"{ELSEWHERE}/199?")
    assert leads_to(edge, "table=200") == HOME


def test_with_the_database_gone_known_rules_lead_on(
    app: Flask, make_edge: MakeEdge, engine: Engine, code: Code
) -> None:
    make_rules(code, PHONES, {"conditions": [{"kind": "visitor", "seen": "new"}]})
    edge = make_edge(resolver=Resolver(engine, max_stale=0))
    assert leads_to(edge).startswith(ELSEWHERE)
    engine.dispose()
    take_database_away()
    assert leads_to(edge).startswith(ELSEWHERE)
    assert leads_to(edge, HTTP_USER_AGENT="curl/8").startswith(ELSEWHERE)
    assert leads_to(edge, HTTP_USER_AGENT="curl/8") == HOME
