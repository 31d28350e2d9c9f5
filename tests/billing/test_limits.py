"""Each limit of a plan, when it is reached and when more is there: what the page says, what the API
answers, and what goes on to work.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select

from pitchbar.agents.models import Agent
from pitchbar.codes.models import Code
from pitchbar.codes.queries import count_active_codes
from pitchbar.domains.models import Domain
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.extensions import db
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings, current_settings
from pitchbar.sources.models import Generation, Source
from pitchbar.workspaces.invitations.queries import count_seats
from pitchbar.workspaces.invitations.services import invite
from pitchbar.workspaces.models import Invitation, Membership, Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached, require_room
from pitchbar.workspaces.plan_usage import count_used
from pitchbar.workspaces.plans import (
    AGENTS,
    CODES,
    DOMAINS,
    LIMITS,
    MEMBERS,
    PAGES,
    PLANS,
    SOURCES,
    Limit,
)
from tests.agents.factories import make_agent
from tests.scans.edging import call_edge
from tests.scans.limiting import make_process
from tests.sources.factories import make_source
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import (
    add_member,
    bearer,
    make_code,
    make_person,
    make_token,
    make_workspace,
)
from tests.support.servers import on_both_databases


def _add_domain(workspace: Workspace, number: int) -> None:
    db.session.add(Domain(workspace_id=workspace.id, host=f"go{number}.brand.example", token="t"))
    db.session.commit()


def _add_source(workspace: Workspace, number: int) -> Source:
    """As it stands once it was read."""
    source = Source(workspace_id=workspace.id, kind="text", name=f"Text {number}", text="Nine.")
    db.session.add(source)
    db.session.flush()
    generation = Generation(
        workspace_id=workspace.id, source_id=source.id, number=1, state="active", documents=1
    )
    db.session.add(generation)
    db.session.flush()
    source.active_generation_id, source.status = generation.id, "indexed"
    db.session.commit()
    return source


def _add_pages(workspace: Workspace, number: int) -> None:
    """The first of them makes the source that has them all."""
    source = db.session.scalar(select(Source).where(Source.workspace_id == workspace.id))
    source = source or _add_source(workspace, number)
    generation = db.session.get_one(Generation, source.active_generation_id)
    generation.documents = number
    db.session.commit()


@dataclass(frozen=True)
class Case:
    """How one more of a limit is made: by a form, and by a program."""

    limit: Limit
    add: Callable[[Workspace, int], object]
    path: str
    form: Mapping[str, str]
    typed: str
    body: Mapping[str, Any] | None
    kept: type[Any]


CASES = (
    Case(
        CODES,
        lambda workspace, number: make_code(workspace),
        "codes",
        {"name": "One too many", "destination_url": "https://destination.example/menu"},
        "One too many",
        {"name": "One too many", "destination_url": "https://destination.example/menu"},
        Code,
    ),
    Case(
        AGENTS,
        lambda workspace, number: make_agent(workspace),
        "agents",
        {"name": "One too many", "scope": "all"},
        "One too many",
        {"name": "One too many"},
        Agent,
    ),
    Case(
        SOURCES,
        _add_source,
        "sources",
        {"kind": "text", "name": "One too many", "text": "Open from nine to five."},
        "Open from nine to five.",
        {"kind": "text", "text": "Open from nine to five."},
        Source,
    ),
    Case(
        PAGES,
        _add_pages,
        "sources",
        {"kind": "text", "name": "One too many", "text": "Open from nine to five."},
        "Open from nine to five.",
        {"kind": "text", "text": "Open from nine to five."},
        Source,
    ),
    Case(
        DOMAINS,
        _add_domain,
        "domains",
        {"host": "one-too-many.brand.example"},
        "one-too-many.brand.example",
        {"host": "one-too-many.brand.example"},
        Domain,
    ),
    Case(
        MEMBERS,
        lambda workspace, number: number > 1 and add_member(workspace, "editor"),
        "invitations",
        {"email": "ada@pitchbar.example", "role": "member"},
        "ada@pitchbar.example",
        None,
        Invitation,
    ),
)
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.limit.key)


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    return make_workspace(make_person(), plan="free")


def fill(workspace: Workspace, case: Case, count: int) -> None:
    before = workspace.plan
    workspace.plan = "scale"
    for number in range(1, count + 1):
        case.add(workspace, number)
    workspace.plan = before
    db.session.commit()


def most_of_free(limit: Limit) -> int:
    most = PLANS["free"].most(limit)
    assert most is not None
    return most


def rows_of(case: Case, workspace: Workspace) -> int:
    model = case.kept
    query = select(func.count()).select_from(model).where(model.workspace_id == workspace.id)
    return db.session.scalar(query) or 0


@pytest.mark.parametrize("more", [0, 2], ids=["full", "over"])
@each_case
def test_form_is_refused_with_what_was_typed(
    client: FormClient, workspace: Workspace, case: Case, more: int
) -> None:
    most = most_of_free(case.limit)
    fill(workspace, case, most + more)
    assert count_used(workspace, case.limit) == most + more
    before = rows_of(case, workspace)
    sign_in(client, _owner_of(workspace))
    answer = client.submit(f"/w/{workspace.slug}/{case.path}", dict(case.form))
    assert answer.status_code == 402
    all_of = f"All {most} {case.limit.many}" if most > 1 else f"The one {case.limit.one}"
    assert f"{all_of} of the Free plan" in answer.text
    assert case.typed in answer.text
    assert f"/w/{workspace.slug}/billing/usage" in answer.text.partition('role="alert"')[2]
    assert rows_of(case, workspace) == before
    assert client.get(f"/w/{workspace.slug}/billing/usage").status_code == 200


@pytest.mark.parametrize("more", [0, 2], ids=["full", "over"])
@each_case
def test_program_gets_402_with_limit_and_count(
    client: FormClient, workspace: Workspace, case: Case, more: int
) -> None:
    if case.body is None:
        pytest.skip("programs invite nobody")
    most = most_of_free(case.limit)
    fill(workspace, case, most + more)
    before = rows_of(case, workspace)
    url = f"/api/v1/workspaces/{workspace.slug}/{case.path}"
    answer = client.post(url, json=dict(case.body), headers=bearer(make_token(workspace)))
    assert answer.status_code == 402
    error = answer.get_json()["error"]
    assert (error["code"], error["limit"], error["count"], error["limit_name"]) == (
        "plan_limit",
        most,
        most + more,
        case.limit.key,
    )
    assert rows_of(case, workspace) == before


@each_case
def test_last_place_is_given(client: FormClient, workspace: Workspace, case: Case) -> None:
    fill(workspace, case, most_of_free(case.limit) - 1)
    sign_in(client, _owner_of(workspace))
    answer = client.submit(f"/w/{workspace.slug}/{case.path}", dict(case.form))
    assert answer.status_code == 303, answer.text


TAKERS: dict[str, tuple[Case, Callable[[Workspace, int], object]]] = {
    case.limit.key: (case, take)
    for case, take in (
        (CASES[1], lambda workspace, number: _make_agent_as_people_do(workspace)),
        (CASES[2], lambda workspace, number: make_source(workspace, "text", text=f"T {number}")),
        (CASES[5], lambda workspace, number: _invite(workspace, number)),
    )
}


@on_both_databases
@pytest.mark.parametrize("key", list(TAKERS))
def test_of_four_at_once_one_takes_the_last_place(app: Flask, key: str) -> None:
    workspace = make_workspace(make_person(), plan="free")
    case, take = TAKERS[key]
    fill(workspace, case, most_of_free(case.limit) - 1)
    workspace_id, refused = workspace.id, []
    ready = threading.Barrier(4)

    def run(number: int) -> None:
        with app.app_context():
            ready.wait(20)
            try:
                take(db.session.get_one(Workspace, workspace_id), number)
                db.session.commit()
            except PlanLimitReached as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert len(refused) == 3
    assert count_used(db.session.get_one(Workspace, workspace_id), case.limit) == most_of_free(
        case.limit
    )


def test_from_growth_to_free_nothing_is_lost(
    client: FormClient, workspace: Workspace, settings: Settings, tmp_path: Path
) -> None:
    for case in CASES:
        fill(workspace, case, most_of_free(case.limit) + 3)
    owner = _owner_of(workspace)
    codes = list(db.session.scalars(select(Code.short_code)))
    counts = {case.limit.key: count_used(workspace, case.limit) for case in CASES}
    assert workspace.plan == "free"
    assert len(codes) > most_of_free(CODES)
    assert _redirects_of(codes, settings, tmp_path) == {302}
    sign_in(client, owner)
    base = f"/w/{workspace.slug}"
    for path in ("/codes", "/agents", "/sources", "/domains", "/members", "/billing/usage"):
        assert client.get(f"{base}{path}").status_code == 200, path
    page = client.get(f"{base}/")
    notice = page.text.partition('id="over-plan"')[2].partition("</div>\n</div>")[0]
    for case in CASES:
        used, most = counts[case.limit.key], most_of_free(case.limit)
        assert f"{used:,} {case.limit.many}, and the plan has {most:,}." in notice, case.limit.key
        assert count_used(workspace, case.limit) == used
    assert "every code redirects" in notice
    agent = db.session.scalars(select(Agent)).first()
    assert agent is not None
    for path in (f"/agents/{agent.id}", f"/agents/{agent.id}/edit"):
        assert client.get(f"{base}{path}").status_code == 200
    people = select(func.count()).where(Membership.workspace_id == workspace.id)
    assert db.session.scalar(people) == counts["members"]
    # What is there can still be changed, and taken away.
    code = db.session.scalars(select(Code)).first()
    assert code is not None
    form = {"name": "Renamed", "destination_url": "https://destination.example/other"}
    assert client.submit(f"{base}/codes/{code.id}", form).status_code == 303
    assert client.submit(f"{base}/codes/{code.id}/archival").status_code == 303
    assert count_active_codes(workspace) == counts["codes"] - 1


def test_plan_says_each_limit_in_the_right_number() -> None:
    for plan in PLANS.values():
        for limit in LIMITS:
            most = plan.most(limit)
            if most is None:
                require_room(plan.key, limit, lambda: 10**9)
                continue
            with pytest.raises(PlanLimitReached) as caught:
                require_room(plan.key, limit, lambda most=most: most)  # type: ignore[misc]
            noun = f"The one {limit.one} of" if most == 1 else f"All {most:,} {limit.many} of"
            assert caught.value.message.startswith(noun)
            require_room(plan.key, limit, lambda most=most: most - 1)  # type: ignore[misc]


def test_limit_of_none_at_all_is_said_without_counting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(PLANS, "free", replace(PLANS["free"], agents=0))
    with pytest.raises(PlanLimitReached) as caught:
        require_room("free", AGENTS, lambda: 0)
    assert caught.value.message == (
        "The Free plan has no agents. Move to a larger plan to add one."
    )


def test_plans_are_as_they_are_sold() -> None:
    figures = {
        key: [plan.most(limit) for limit in LIMITS if limit is not DOMAINS]
        for key, plan in PLANS.items()
    }
    # Scans, conversations, codes, agents, sources, pages, members.
    assert figures == {
        "free": [1_000, 100, 5, 1, 3, 100, 2],
        "starter": [25_000, 500, 50, 2, 10, 500, 5],
        "growth": [250_000, 3_000, 500, 5, 50, 2_000, 15],
        "scale": [2_500_000, None, None, 25, 250, 10_000, 50],
    }


def _redirects_of(codes: Sequence[str], settings: Settings, folder: Path) -> set[int]:
    """The statuses of scans of all of them, by an edge of its own."""
    engine = create_engine(settings.database_url)
    spool = Spool(folder / "spool")
    try:
        edge = make_process(engine, spool, has_quota=True).edge
        return {call_edge(edge, f"/t/{short_code}").status for short_code in codes}
    finally:
        spool.close()
        engine.dispose()


def _owner_of(workspace: Workspace) -> Any:
    mine = select(Membership).where(
        Membership.workspace_id == workspace.id, Membership.role == "owner"
    )
    return db.session.scalars(mine).one().person


def _make_agent_as_people_do(workspace: Workspace) -> None:
    from pitchbar.agents.services import create_agent

    create_agent(workspace, SYSTEM, current_settings(), name="Help desk")


def _invite(workspace: Workspace, number: int) -> None:
    by = Actor("system", None, "Command line")
    email = f"ada{number}@pitchbar.example"
    invite(workspace, by, current_settings(), email=email, role="member", by_role="owner")
    assert count_seats(workspace) <= 2
