"""Templates as programs keep them: of one workspace, changed, chosen, applied."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.studio.designs import design_of
from pitchbar.studio.models import DesignTemplate
from pitchbar.studio.templates import find_default
from pitchbar.symbols.design import PLAIN, Design
from tests.studio.factories import PRETTY, make_designed, make_template
from tests.support.factories import People, bearer, make_code, make_token

_OWN = Design(module_shape="dot", frame="label", frame_text="Order here")


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


@pytest.fixture
def at(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/design-templates"


def name_of_default(people: People) -> str | None:
    db.session.expire_all()
    template = find_default(people.workspace.id)
    return template.name if template else None


def test_template_of_another_workspace_is_not_there(
    client: FlaskClient, people: People, headers: dict[str, str], at: str
) -> None:
    foreign, code = make_template(people.elsewhere), make_code(people.workspace)
    one = f"{at}/{foreign.id}"
    answers = [
        client.get(one, headers=headers),
        client.patch(one, json={"name": "Mine"}, headers=headers),
        client.delete(one, headers=headers),
        client.post(f"{one}/applications", json={"code_ids": [code.id]}, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    db.session.expire_all()
    assert db.session.get_one(DesignTemplate, foreign.id).name == "Table card"
    assert design_of(db.session.get_one(Code, code.id)) == PLAIN


def test_change_of_a_design_leaves_the_codes_that_have_it(
    client: FlaskClient, people: People, headers: dict[str, str], at: str
) -> None:
    code, template = make_designed(people.workspace, PRETTY), make_template(people.workspace)
    one = f"{at}/{template.id}"
    answer = client.patch(one, json={"design": {"module_shape": "bars"}}, headers=headers)
    found = answer.get_json()
    assert (found["name"], found["design"]["module_shape"]) == ("Table card", "bars")
    # A design comes whole: what is left out is as on a plain symbol.
    assert found["design"]["foreground"] == PLAIN.foreground
    assert client.get(one, headers=headers).get_json() == found
    assert design_of(db.session.get_one(Code, code.id)) == PRETTY


def test_default_is_chosen_and_taken_back(
    client: FlaskClient, people: People, headers: dict[str, str], at: str
) -> None:
    def send(**values: Any) -> None:
        client.patch(f"{at}/{templates[0]['id']}", json=values, headers=headers)

    for name in ("Card", "Poster"):
        body: dict[str, Any] = {"name": name, "design": {}, "is_default": True}
        assert client.post(at, json=body, headers=headers).get_json()["is_default"] is True
    templates = client.get(at, headers=headers).get_json()["data"]
    assert [one["is_default"] for one in templates] == [False, True]
    # Of a template that is not chosen there is nothing to take back.
    send(is_default=False)
    assert name_of_default(people) == "Poster"
    send(is_default=True)
    assert name_of_default(people) == "Card"
    send(name="Table card")
    assert name_of_default(people) == "Table card"
    send(is_default=False)
    assert name_of_default(people) is None


def test_words_of_a_code_stay_where_they_are_asked_to(
    client: FlaskClient, people: People, headers: dict[str, str], at: str
) -> None:
    code, template = make_designed(people.workspace, _OWN), make_template(people.workspace)
    body = {"code_ids": [code.id, code.id], "keep": ["frame_text"]}
    address = f"{at}/{template.id}/applications"
    assert client.post(address, json=body, headers=headers).get_json() == {
        "changed": 1,
        "unchanged": 0,
    }
    expected = PRETTY.model_copy(update={"frame_text": "Order here"})
    assert design_of(db.session.get_one(Code, code.id)) == expected
    again = client.post(address, json=body, headers=headers).get_json()
    assert again == {"changed": 0, "unchanged": 1}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"design": {}}, "name"),
        ("", {"name": "x" * 101, "design": {}}, "name"),
        ("", {"name": "Card"}, "design"),
        ("/{id}/applications", {"code_ids": []}, "code_ids"),
        ("/{id}/applications", {"code_ids": [1], "keep": ["foreground"]}, "keep"),
        ("/{id}/applications", {"code_ids": list(range(1, 1002))}, "code_ids"),
    ],
)
def test_wrong_field_is_named(
    client: FlaskClient,
    people: People,
    headers: dict[str, str],
    at: str,
    path: str,
    body: dict[str, Any],
    field: str,
) -> None:
    template = make_template(people.workspace)
    answer = client.post(at + path.format(id=template.id), json=body, headers=headers)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]
