"""Codes on a customer's own domain, asked of the edge directly."""

import time
from typing import Any

import pytest
from sqlalchemy import Engine, event

from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code, move_code, update_code
from pitchbar.domains.models import Domain
from pitchbar.domains.services import remove_domain, update_domain
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import bus, db
from pitchbar.scans.edge import Edge
from pitchbar.scans.hosts import HostNames, Sites, own_names
from pitchbar.scans.limits import GuessLimit
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import MakeEdge
from tests.scans.edging import EdgeResponse, call_edge, read_spool
from tests.scans.peers import DatabaseProxy
from tests.scans.peers import make_engine as make_far_engine
from tests.support.domains import HOST, make_domain
from tests.support.factories import make_code, make_workspace
from tests.support.servers import on_postgresql

DESTINATION = "https://destination.example/menu?utm_source=print"


@pytest.fixture
def domain(workspace: Workspace) -> Domain:
    return make_domain(workspace)


@pytest.fixture
def moved(code: Code, domain: Domain) -> Code:
    move_code(code, SYSTEM, domain=HOST)
    db.session.commit()
    return code


def app_behind(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the application"]


@pytest.fixture
def edge(make_edge: MakeEdge, moved: Code, engine: Engine, settings: Settings) -> Edge:
    return listening_edge(make_edge, engine, settings, app=app_behind)


def listening_edge(
    make_edge: MakeEdge, engine: Engine, settings: Settings, stale: float = 60, **options: Any
) -> Edge:
    resolver, sites = Resolver(engine, max_stale=stale), Sites(engine, max_stale=stale)
    resolver.listen(bus)
    sites.listen(bus)
    names = HostNames(own_names(settings))
    return make_edge(resolver=resolver, sites=sites, names=names, **options)


def ask(edge: Edge, path: str, host: str = HOST, **more: Any) -> EdgeResponse:
    return call_edge(edge, path, HTTP_HOST=host, **more)


@pytest.mark.parametrize(
    "path", ["/menu", "/t/menu", "/T/MENU", "/Menu", "//menu", "/menu.", "/menu/"]
)
def test_code_leads_on_from_its_domain(edge: Edge, path: str) -> None:
    answer = ask(edge, path)

    assert (answer.status, answer["Location"]) == (302, DESTINATION)


@pytest.mark.parametrize("host", ["GO.brand.example", f"{HOST}:443", f"{HOST}.", f"{HOST}.:8080"])
def test_host_is_read_as_clients_write_it(edge: Edge, host: str) -> None:
    assert ask(edge, "/menu", host).status == 302


@pytest.mark.parametrize("path", ["/menu&utm_source=mail", "/menu%3Futm_source=mail"])
def test_query_may_be_glued_to_the_code(edge: Edge, path: str) -> None:
    assert ask(edge, path.replace("%3F", "?"))["Location"].endswith("utm_source=mail")


def test_query_tells_as_on_our_host(edge: Edge) -> None:
    assert ask(edge, "/menu", query="utm_source=mail")["Location"].endswith("utm_source=mail")


def test_line_names_the_domain_by_which_a_scan_came(
    edge: Edge, spool: Spool, domain: Domain, code: Code
) -> None:
    ask(edge, "/menu")
    ask(edge, "/t/menu", "pitchbar.test")
    own, ours = read_spool(spool)

    assert (own["code_id"], own["domain_id"]) == (code.id, domain.id)
    assert "domain_id" not in ours


def test_head_is_led_on_too(edge: Edge) -> None:
    assert ask(edge, "/menu", method="HEAD").status == 302


@pytest.mark.parametrize("path", ["/menu", "/", "/robots.txt"])
def test_other_methods_are_refused(edge: Edge, path: str) -> None:
    answer = ask(edge, path, method="POST")
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD")


def test_old_address_leads_on_after_a_move(edge: Edge) -> None:
    assert ask(edge, "/t/menu", "pitchbar.test")["Location"] == DESTINATION


@pytest.mark.parametrize(
    "path", ["/login", "/w/corner-cafe/", "/api/v1/openapi.json", "/up", "/ops/queues"]
)
def test_nothing_of_the_application_is_answered_on_a_domain(edge: Edge, path: str) -> None:
    answer = ask(edge, path)
    assert answer.status == 404
    assert b"the application" not in answer.body


def test_bare_domain_shows_a_plain_page_or_leads_where_it_should(
    edge: Edge, domain: Domain, settings: Settings
) -> None:
    assert ask(edge, "/").status == 404
    assert b"begin with this address" in ask(edge, "/").body
    update_domain(domain, SYSTEM, settings, root_url="https://brand.example")
    db.session.commit()

    for path in ("/", "", "/t/", "/t"):
        answer = ask(edge, path)
        assert (answer.status, answer["Location"]) == (302, "https://brand.example")


def test_unknown_codes_show_a_plain_page_or_lead_where_they_should(
    edge: Edge, domain: Domain, settings: Settings, spool: Spool
) -> None:
    assert ask(edge, "/nothing").status == 404
    update_domain(domain, SYSTEM, settings, unknown_url="https://brand.example/help")
    db.session.commit()

    answer = ask(edge, "/nothing")
    assert (answer.status, answer["Location"]) == (302, "https://brand.example/help")
    assert read_spool(spool) == []


def test_programs_are_told_quickly_that_there_is_nothing(edge: Edge) -> None:
    robots = ask(edge, "/robots.txt")
    assert (robots.status, robots.body) == (200, b"User-agent: *\nDisallow: /\n")
    assert ask(edge, "/robots.txt", method="HEAD").body == b""
    for path in ("/favicon.ico", "/.well-known/security.txt", "/.env"):
        assert ask(edge, path).status == 404


@pytest.mark.parametrize("state", ["broken", "verified"])
def test_broken_domain_leads_on(edge: Edge, domain: Domain, state: str) -> None:
    domain.state = state
    db.session.commit()
    assert ask(edge, "/menu").status == 302


def test_pending_domain_is_nobodys(
    make_edge: MakeEdge, moved: Code, domain: Domain, engine: Engine, settings: Settings
) -> None:
    domain.state = "pending"
    db.session.commit()
    edge = listening_edge(make_edge, engine, settings, app=app_behind)
    assert ask(edge, "/t/menu").status == 404
    assert ask(edge, "/").body == b"the application"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "www.go.brand.example", "brand.example", "?", "a b", "me@pitchbar.test"],
)
def test_stranger_redirects_nowhere_and_sees_the_application(edge: Edge, host: str) -> None:
    assert ask(edge, "/t/menu", host).status == 404
    assert ask(edge, "/login", host).body == b"the application"


@pytest.mark.parametrize("host", ["", "127.0.0.1:8000", "[::1]:8000", "localhost", "edge:8000"])
def test_names_that_are_no_ones_domain_redirect_as_ours(edge: Edge, host: str) -> None:
    assert ask(edge, "/t/menu", host).status == 302


def test_request_without_a_host_redirects_as_ours(edge: Edge) -> None:
    assert call_edge(edge, "/t/menu").status == 302


def test_one_short_code_on_two_domains_and_ours_is_three_codes(
    edge: Edge, workspace: Workspace
) -> None:
    workspace.plan = "growth"
    make_domain(workspace, "qr.brand.example")
    for host in (HOST, "qr.brand.example", ""):
        url = f"https://destination.example/{host or 'ours'}"
        make_code(workspace, short_code="card", domain=host, destination_url=url)

    assert ask(edge, "/card")["Location"] == f"https://destination.example/{HOST}"
    assert ask(edge, "/card", "qr.brand.example")["Location"].endswith("/qr.brand.example")
    assert ask(edge, "/t/card", "pitchbar.test")["Location"].endswith("/ours")


def test_addresses_of_a_domain_are_no_addresses_of_ours(edge: Edge, domain: Domain) -> None:
    assert ask(edge, "/menu").status == 302
    # The separator as the bytes that a client could send, and as servers hand them over.
    for between in ("\u00ed\u00a0\u0080", "/", "%ED%A0%80"):
        assert ask(edge, f"/t/{domain.id}{between}menu", "pitchbar.test").status == 404


def test_change_is_seen_at_once_on_all_addresses(
    edge: Edge, code: Code, settings: Settings
) -> None:
    ask(edge, "/menu")
    ask(edge, "/t/menu", "pitchbar.test")
    update_code(code, SYSTEM, settings, destination_url="https://destination.example/new")
    db.session.commit()

    assert "/new" in ask(edge, "/menu")["Location"]
    assert "/new" in ask(edge, "/t/menu", "pitchbar.test")["Location"]


def test_deleted_code_keeps_its_address_and_leads_nowhere(edge: Edge, code: Code) -> None:
    ask(edge, "/menu")
    delete_code(code, SYSTEM, code.name)
    db.session.commit()

    assert ask(edge, "/menu").status == 404


def test_removed_domain_stops_and_its_codes_lead_on_from_ours(edge: Edge, domain: Domain) -> None:
    ask(edge, "/menu")
    remove_domain(domain, SYSTEM, confirmation=HOST)
    db.session.commit()

    assert ask(edge, "/t/menu").status == 404
    assert ask(edge, "/t/menu", "pitchbar.test").status == 302


def test_domain_that_another_workspace_has_proven_leads_to_its_codes(
    edge: Edge, domain: Domain
) -> None:
    ask(edge, "/menu")
    domain.state = "broken"
    db.session.commit()
    other = make_workspace()
    theirs = make_domain(other)
    make_code(other, short_code="menu", domain=HOST, destination_url="https://theirs.example/")
    bus.publish("domains", {"host": theirs.host})

    assert ask(edge, "/menu")["Location"] == "https://theirs.example/"


def test_known_hosts_and_codes_cost_no_question(edge: Edge, engine: Engine) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for _ in range(20):
        ask(edge, "/menu")
        ask(edge, "/t/menu", "evil.example")
    assert len(asked) == 3


def test_guessing_hosts_is_held_back_and_shuts_out_nobody_else(
    make_edge: MakeEdge, moved: Code, engine: Engine, settings: Settings
) -> None:
    edge = listening_edge(make_edge, engine, settings, guesses=GuessLimit(5, 60))
    ask(edge, "/menu")
    answers = [ask(edge, "/t/menu", f"guess{number}.example") for number in range(20)]

    assert [answer.status for answer in answers[:5]] == [404] * 5
    assert {answer.status for answer in answers[11:]} == {429}
    assert ask(edge, "/menu").status == 302


def test_edge_alone_answers_whoever_watches_it(
    make_edge: MakeEdge, moved: Code, engine: Engine, settings: Settings
) -> None:
    edge = listening_edge(make_edge, engine, settings)
    assert ask(edge, "/up", "balancer.example").body == b"ok\n"
    assert ask(edge, "/login", "balancer.example").status == 404


@on_postgresql
def test_domain_leads_on_while_the_database_is_gone(
    make_edge: MakeEdge, moved: Code, settings: Settings
) -> None:
    proxy = DatabaseProxy(settings.database_url)
    far = make_far_engine(proxy.url)
    edge = listening_edge(make_edge, far, settings, stale=0.01, app=app_behind)
    assert ask(edge, "/menu").status == 302
    assert b"begin with this address" in ask(edge, "/").body

    proxy.cut()
    time.sleep(0.02)
    for _ in range(5):
        assert ask(edge, "/menu")["Location"] == DESTINATION
        assert b"begin with this address" in ask(edge, "/").body
    # Nobody can tell whose these are; whoever watches us is told that we are there.
    assert ask(edge, "/t/menu", "evil.example").status == 503
    assert ask(edge, "/login", "evil.example").status == 503
    assert ask(edge, "/up", "balancer.example").body == b"the application"
    # Our own names need nobody.
    assert ask(edge, "/login", "pitchbar.test").body == b"the application"
    far.dispose()
    proxy.close()
