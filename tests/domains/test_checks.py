"""What looks at the DNS make of a domain: proven, waiting, broken, lost to another."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.codes.services import move_code
from pitchbar.core import clock
from pitchbar.domains import rounds
from pitchbar.domains.models import Domain
from pitchbar.domains.queries import list_due
from pitchbar.domains.tasks import check_domains
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.fakes.dns import FakeDns
from tests.support.domains import HOST, make_domain
from tests.support.factories import People, make_code, make_workspace
from tests.support.servers import on_both_databases

RECORD = f"_pitchbar.{HOST}"
DAY = timedelta(days=1)


@pytest.fixture
def settings(make_settings: MakeSettings, dns: FakeDns) -> Settings:
    return make_settings(dns_resolvers=dns.address)


@pytest.fixture
def look(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Domain]:
    """Looks at a domain, as its job does; `later` moves the clock first."""
    now = [clock.now()]

    def look(domain: Domain, later: timedelta = timedelta()) -> Domain:
        now[0] += later
        domain.next_check_at = now[0]
        db.session.commit()
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: now[0])
            check_domains()
        db.session.refresh(domain)
        return domain

    return look


Look = Callable[..., Domain]


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def mails() -> list[tuple[str, str]]:
    rows = db.session.execute(select(MailRecord.template, MailRecord.to).order_by(MailRecord.id))
    return [(row[0], row[1]) for row in rows if row[0].startswith("domains/")]


def test_domain_is_proven_by_its_record(people: People, dns: FakeDns, look: Look) -> None:
    domain = make_domain(people.workspace, state="pending")
    dns.set(RECORD, "TXT", "v=spf1 -all", domain.record_value)
    look(domain)

    assert (domain.state, domain.last_answer) == (
        "verified",
        "The TXT record is there: this domain is yours.",
    )
    assert domain.verified_at
    assert "domain.verified" in acts()


@pytest.mark.parametrize("written", ['"{}"', " {} ", "“{}”", "Pitchbar-Verification = {}"])
def test_record_may_be_pasted_as_people_paste(
    people: People, dns: FakeDns, look: Look, written: str
) -> None:
    domain = make_domain(people.workspace, state="pending")
    value = domain.token if "=" in written else domain.record_value
    dns.set(RECORD, "TXT", written.format(value))

    assert look(domain).state == "verified"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (None, f"There is no TXT record at {RECORD} yet."),
        ([], f"There is no TXT record at {RECORD} yet."),
        (["v=spf1"], f"We found one TXT record at {RECORD}, and it is not ours."),
        (["a", "b"], f"We found 2 TXT records at {RECORD}, none is ours."),
        ([f"a{n}" for n in range(1000)], f"We found 1,000 TXT records at {RECORD}, none is ours."),
        (["pitchbar-verification=x"], "copy the value from this page once more."),
    ],
)
def test_what_was_found_is_said(
    people: People, dns: FakeDns, look: Look, records: list[str] | None, said: str
) -> None:
    domain = make_domain(people.workspace, state="pending")
    if records is not None:
        dns.set(RECORD, "A", "192.0.2.1")
        dns.set(RECORD, "TXT", *records)
    look(domain)

    assert said in domain.last_answer
    assert domain.state == "pending"


def test_proof_among_a_thousand_records_is_found(people: People, dns: FakeDns, look: Look) -> None:
    domain = make_domain(people.workspace, state="pending")
    dns.set(RECORD, "TXT", *(f"other {n}" for n in range(999)), domain.record_value)

    assert look(domain).state == "verified"


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        ("servfail", "answered with an error"),
        ("refused", "answered with an error"),
        ("silent", "did not answer in time"),
        ("nonsense", "did not answer in time"),
        ("other name", "did not answer in time"),
    ],
)
def test_silence_and_errors_break_no_domain_however_long(
    people: People,
    dns: FakeDns,
    look: Look,
    manner: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rounds, "SECONDS", 0.25)
    domain = make_domain(people.workspace)
    dns.set("other.example", "TXT", domain.record_value)
    dns.manners[RECORD] = manner  # type: ignore[assignment]  # one of them
    look(domain, 10 * DAY)
    look(domain, 10 * DAY)

    assert domain.state == "verified"
    assert domain.failing_since is None
    assert said in domain.last_answer


def test_record_that_is_gone_for_three_days_breaks_a_domain(
    people: People, dns: FakeDns, look: Look
) -> None:
    domain = make_domain(people.workspace)
    look(domain)
    look(domain, 2 * DAY)
    assert (domain.state, mails()) == ("verified", [])
    look(domain, DAY)
    look(domain, DAY)

    assert domain.state == "broken"
    assert domain.is_served
    told = sorted([people.owner.email, people.admin.email])
    assert sorted(to for _, to in mails()) == told
    assert acts().count("domain.broken") == 1


def test_record_that_comes_back_in_time_is_as_if_nothing_had_been(
    people: People, dns: FakeDns, look: Look
) -> None:
    domain = make_domain(people.workspace)
    look(domain)
    assert domain.failing_since
    dns.set(RECORD, "TXT", domain.record_value)
    look(domain, 2 * DAY)
    assert domain.failing_since is None
    del dns.records[RECORD, "TXT"]
    look(domain, 2 * DAY)

    assert domain.state == "verified"


def test_broken_domain_is_verified_again_by_its_record(
    people: People, dns: FakeDns, look: Look
) -> None:
    domain = make_domain(people.workspace, state="broken")
    dns.set(RECORD, "TXT", domain.record_value)

    assert look(domain).state == "verified"


def test_host_that_another_workspace_has_proven_stays_with_it(
    people: People, dns: FakeDns, look: Look
) -> None:
    theirs = make_domain(people.elsewhere)
    domain = make_domain(people.workspace, state="pending")
    dns.set(RECORD, "TXT", domain.record_value, theirs.record_value)
    look(domain)

    assert (domain.state, theirs.state) == ("pending", "verified")
    assert "another workspace has proven this domain before" in domain.last_answer


def test_broken_domain_goes_to_the_workspace_that_proves_it(
    people: People, dns: FakeDns, look: Look
) -> None:
    theirs = make_domain(people.elsewhere)
    code = make_code(people.elsewhere, short_code="menu")
    move_code(code, SYSTEM, domain=HOST)
    theirs.state = "broken"
    domain = make_domain(people.workspace, state="pending")
    dns.set(RECORD, "TXT", domain.record_value)
    look(domain)
    db.session.expire_all()

    assert (domain.state, theirs.state) == ("verified", "pending")
    assert "Another workspace has proven this domain" in theirs.last_answer
    assert (code.domain_id, code.present_short_code) == (None, "menu")
    assert mails() == [("domains/lost", people.outsider.email)]
    assert {"domain.verified", "domain.lost"} <= set(acts())


@on_both_databases
def test_of_two_workspaces_that_prove_at_once_the_index_lets_one(
    app: Flask, dns: FakeDns, monkeypatch: pytest.MonkeyPatch
) -> None:
    domains = [make_domain(make_workspace(), state="pending") for _ in range(2)]
    ids = [domain.id for domain in domains]
    dns.set(RECORD, "TXT", *(domain.record_value for domain in domains))
    # Neither sees the other: both have looked before either has written.
    both = threading.Barrier(2)
    monkeypatch.setattr("pitchbar.domains.checks.is_held_elsewhere", lambda _: both.wait(5) < 0)

    def prove(domain_id: int) -> None:
        with app.app_context():
            rounds.check_domain(domain_id, HOST, app.extensions["settings"])
            db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=prove, args=(domain_id,)) for domain_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    db.session.expire_all()

    states = [db.session.get_one(Domain, domain_id).state for domain_id in ids]
    assert sorted(states) == ["pending", "verified"]
    loser = db.session.get_one(Domain, ids[states.index("pending")])
    assert "another workspace has proven" in loser.last_answer


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(minutes=5), timedelta(minutes=1)),
        (timedelta(hours=3), timedelta(minutes=10)),
        (5 * DAY, DAY),
        (31 * DAY, None),
    ],
)
def test_pending_domain_is_looked_at_less_and_less(
    people: People, look: Look, age: timedelta, pause: timedelta | None
) -> None:
    domain = make_domain(people.workspace, state="pending", created_at=clock.now() - age)
    look(domain)

    next_at: datetime | None = domain.next_check_at
    found = next_at - domain.checked_at if next_at and domain.checked_at else None
    assert found == pause


def test_whoever_is_not_due_is_not_looked_at(people: People, dns: FakeDns, app: Flask) -> None:
    make_domain(people.workspace, next_check_at=clock.now() + DAY)
    make_domain(people.elsewhere, next_check_at=None, state="pending")
    check_domains()

    assert dns.asked == []


def test_two_rounds_at_once_look_once(people: People, dns: FakeDns, app: Flask) -> None:
    make_domain(people.workspace, state="pending")
    due = list_due(clock.now(), 10)
    assert [rounds._claim(domain_id, clock.now()) for domain_id, _ in due * 2] == [True, False]


def test_domain_that_is_removed_while_the_dns_is_asked_is_left_alone(
    people: People, dns: FakeDns, settings: Settings
) -> None:
    domain = make_domain(people.workspace, state="pending")
    domain_id = domain.id
    db.session.delete(domain)
    rounds.check_domain(domain_id, HOST, settings)

    assert db.session.get(Domain, domain_id) is None


@pytest.mark.parametrize(
    ("records", "said", "here"),
    [
        ({}, "It leads nowhere yet.", False),
        ({"A": ["192.0.2.7"]}, "It leads to 192.0.2.7, where pitchbar.example is.", True),
        ({"CNAME": ["pitchbar.example"]}, "It leads to pitchbar.example.", True),
        ({"A": ["192.0.2.9"]}, "It leads to 192.0.2.9, and pitchbar.example is elsewhere.", False),
    ],
)
def test_where_it_leads_is_said_and_decides_nothing(
    people: People,
    dns: FakeDns,
    make_settings: MakeSettings,
    records: dict[str, list[str]],
    said: str,
    here: bool,
) -> None:
    domain = make_domain(people.workspace)
    dns.set(RECORD, "TXT", domain.record_value)
    dns.set("pitchbar.example", "A", "192.0.2.7")
    for kind, values in records.items():
        dns.set(HOST, kind, *values)
    settings = make_settings(
        app_env="production", app_url="https://pitchbar.example", dns_resolvers=dns.address
    )
    rounds.check_domain(domain.id, HOST, settings)

    assert said in domain.pointing
    assert (domain.points_here, domain.state) == (here, "verified")
