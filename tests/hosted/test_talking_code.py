"""From nothing to a printed code that answers."""

import pytest
from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.hosted.models import TalkingCode
from pitchbar.sources.models import FAILED, Source
from tests.agents.factories import make_agent
from tests.hosted.factories import Page
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.servers import on_both_databases

TEXT = (
    "# Coffee corner\n\nThe coffee corner opens at seven in the morning. Oat milk costs 40 cents."
)


@pytest.fixture
def base(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/talking-code"


def the(kind: type) -> object:
    return db.session.scalars(select(kind)).one()


@on_both_databases
def test_three_steps_make_a_code_that_answers(
    client: FormClient, people: People, base: str
) -> None:
    assert client.get(f"{base}/new").status_code == 200
    named = client.submit(base, {"name": " Coffee  corner "})
    read = client.submit(named.headers["Location"], {"kind": "text", "text": TEXT})
    assert "Reading Coffee corner" in client.get(read.headers["Location"]).text
    run_jobs("sources.")
    run_jobs()
    assert "It is read." in client.get(read.headers["Location"]).text
    draft = the(TalkingCode)
    assert isinstance(draft, TalkingCode)
    made = client.submit(f"{base}/{draft.id}/sheet")
    assert made.status_code == 303
    # A second click makes nothing more.
    client.submit(f"{base}/{draft.id}/sheet")
    code, agent = the(Code), the(Agent)
    assert isinstance(code, Code)
    assert isinstance(agent, Agent)
    assert agent.is_published
    assert code.attribution
    assert code.destination_url == f"http://pitchbar.test/c/{agent.public_id}"
    sheet = client.get(made.headers["Location"] + "?words=<b>Ask</b>").text
    assert "&lt;b&gt;Ask&lt;/b&gt;" in sheet
    pdf = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/qr.pdf")
    assert pdf.data.startswith(b"%PDF")
    page = Page(client, agent).open().ask("When does the coffee corner open?")
    assert "seven in the morning" in page.html


def test_what_was_typed_is_there_when_one_comes_back(client: FormClient, base: str) -> None:
    named = client.submit(base, {"name": "Coffee corner"})
    refused = client.submit(
        named.headers["Location"], {"kind": "url", "url": "http://10.0.0.1/x", "text": "kept"}
    )
    assert refused.status_code == 422
    assert "10.0.0.1" in refused.text
    assert "kept" in refused.text
    assert "Coffee corner" in client.get(f"{base}/new").text
    assert not db.session.scalars(select(Source)).all()


def test_source_that_cannot_be_read_is_said_and_replaced(client: FormClient, base: str) -> None:
    named = client.submit(base, {"name": "Coffee corner"})
    address = named.headers["Location"]
    client.submit(address, {"kind": "text", "text": TEXT})
    source = the(Source)
    assert isinstance(source, Source)
    source.status, source.error = FAILED, "There is nothing in it."
    page = client.get(address).text
    assert "There is nothing in it." in page
    assert "opens at seven" in page
    client.submit(address, {"kind": "text", "text": "We open at nine."})
    other = the(Source)
    assert isinstance(other, Source)
    assert other.text == "We open at nine."


def test_code_is_not_made_before_something_is_read(client: FormClient, base: str) -> None:
    named = client.submit(base, {"name": "Coffee corner"})
    refused = client.submit(named.headers["Location"].replace("knowledge", "sheet"))
    assert refused.status_code == 422
    assert "nothing to answer from yet" in refused.text
    assert not db.session.scalars(select(Code)).all()


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_name_that_is_none_is_refused(client: FormClient, base: str, name: str) -> None:
    refused = client.submit(base, {"name": name})
    assert refused.status_code == 422
    assert "field-error" in refused.text


@pytest.mark.settings(agents_per_workspace=1)
def test_limits_are_said_before(client: FormClient, people: People, base: str) -> None:
    make_agent(people.workspace)
    assert "A workspace can have 1 agents." in client.get(f"{base}/new").text


def test_outsider_and_analyst_do_not_get_in(client: FormClient, people: People) -> None:
    base = f"/w/{people.workspace.slug}/talking-code/new"
    sign_in(client, people.analyst)
    assert client.get(base).status_code == 403
    sign_in(client, people.outsider)
    assert client.get(base).status_code == 404


def test_code_leads_to_an_agent_that_was_chosen(client: FormClient, people: People) -> None:
    agent = make_agent(people.workspace, name="Nora")
    slug = people.workspace.slug
    sign_in(client, people.editor)
    assert "Nora" in client.get(f"/w/{slug}/codes/new?agent={agent.public_id}").text
    answer = client.submit(
        f"/w/{slug}/codes",
        {"name": "Table 4", "leads_to": "agent", "agent": agent.public_id, "destination_url": ""},
    )
    assert answer.status_code == 303, answer.text
    code = the(Code)
    assert isinstance(code, Code)
    assert code.destination_url == f"http://pitchbar.test/c/{agent.public_id}"
    assert code.attribution
    refused = client.submit(
        f"/w/{slug}/codes",
        {"name": "Loop", "destination_url": f"http://pitchbar.test/t/{code.short_code}"},
    )
    assert refused.status_code == 422


def test_page_is_switched_off_and_on(client: FormClient, people: People) -> None:
    agent = make_agent(people.workspace)
    sign_in(client, people.editor)
    address = f"/w/{people.workspace.slug}/agents/{agent.id}/page"
    assert f"/c/{agent.public_id}" in client.get(address).text
    assert client.get(f"{address}/qr.svg").mimetype == "image/svg+xml"
    client.submit(address)
    assert client.get(f"/c/{agent.public_id}").status_code == 404
    client.submit(address, {"has_page": "y"})
    assert client.get(f"/c/{agent.public_id}").status_code == 200
