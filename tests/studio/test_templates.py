from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.studio.designs import design_of
from pitchbar.studio.models import DesignEdit, DesignTemplate
from pitchbar.studio.templates import brand_colours, find_default
from pitchbar.symbols.design import PLAIN, Design
from tests.studio.factories import PRETTY, make_designed, make_template, typed
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

_OWN = Design(module_shape="dot", frame="label", frame_text="Order here")


def _at(people: People) -> str:
    return f"/w/{people.workspace.slug}/codes/templates"


def test_template_is_saved_from_the_designer(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    answer = client.submit(_at(people), {**typed(PRETTY), "template_name": "Table card"})
    assert "Saved as “Table card”." in answer.text
    template = db.session.scalars(select(DesignTemplate)).one()
    assert Design.read(template.design) == PRETTY
    page = client.get(_at(people)).text
    assert "Table card" in page
    picture = client.get(f"{_at(people)}/{template.id}.svg")
    assert "#0b5c56" in picture.text


def test_template_without_a_name_is_refused_with_a_sentence(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.editor)
    answer = client.submit(_at(people), {**typed(PRETTY), "template_name": " "})
    assert answer.status_code == 422
    assert "Give the template a name." in answer.text


def test_many_codes_are_drawn_anew_keep_their_words_and_can_go_back(
    client: FormClient, people: People
) -> None:
    template = make_template(people.workspace)
    plain, own = make_code(people.workspace), make_designed(people.workspace, _OWN)
    foreign = make_code(people.elsewhere)
    sign_in(client, people.editor)
    ask = client.get(f"{_at(people)}/application?code_id={plain.id}&code_id={own.id}")
    assert "Table card" in ask.text
    answer = client.submit(
        f"{_at(people)}/application",
        {
            "codes": f"{plain.id},{own.id},{foreign.id}",
            "template": str(template.id),
            "keep_text": "y",
        },
    )
    assert answer.status_code == 303
    assert design_of(db.session.get_one(Code, own.id)) == PRETTY.model_copy(
        update={"frame_text": "Order here"}
    )
    assert design_of(db.session.get_one(Code, plain.id)).module_shape == "rounded"
    assert design_of(db.session.get_one(Code, foreign.id)) == PLAIN
    # One of them is changed by hand since: that stays.
    edit_id = db.session.scalars(select(DesignEdit.id)).one()
    client.submit(f"/w/{people.workspace.slug}/codes/{plain.id}/design", typed(module_shape="bars"))
    client.submit(f"{_at(people)}/applications/{edit_id}/reversal")
    assert design_of(db.session.get_one(Code, own.id)) == _OWN
    assert design_of(db.session.get_one(Code, plain.id)).module_shape == "bars"
    # Twice is once.
    client.submit(f"{_at(people)}/applications/{edit_id}/reversal")
    assert design_of(db.session.get_one(Code, own.id)) == _OWN


def test_nothing_chosen_is_said_and_the_codes_stay_chosen(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    answer = client.submit(f"{_at(people)}/application", {"codes": str(code.id)})
    assert answer.status_code == 422
    assert "Choose what the codes shall look like." in answer.text
    assert f'name="codes" value="{code.id}"' in answer.text


def test_new_codes_start_with_the_default(client: FormClient, people: People) -> None:
    template = make_template(people.workspace)
    sign_in(client, people.editor)
    client.submit(f"{_at(people)}/{template.id}/choice")
    values = {
        "name": "Bag",
        "destination_url": "https://destination.example/bag",
        "error_correction": "Q",
    }
    client.submit(f"/w/{people.workspace.slug}/codes", values)
    code = db.session.scalars(select(Code).where(Code.name == "Bag")).one()
    assert design_of(code) == PRETTY.model_copy(update={"error_correction": "Q"})
    # The form shows it while one types.
    drawn = client.submit(f"/w/{people.workspace.slug}/codes/preview", values).text
    assert "#0b5c56" in drawn
    client.submit(f"{_at(people)}/{template.id}/choice")
    assert find_default(people.workspace.id) is None


def test_one_default_at_a_time(client: FormClient, people: People) -> None:
    first, second = make_template(people.workspace), make_template(people.workspace, "Poster")
    sign_in(client, people.editor)
    for one in (first, second):
        client.submit(f"{_at(people)}/{one.id}/choice")
    chosen = db.session.scalars(select(DesignTemplate.name).where(DesignTemplate.is_default))
    assert chosen.all() == ["Poster"]


def test_deleted_template_leaves_the_codes_as_they_are(client: FormClient, people: People) -> None:
    template_id, code = make_template(people.workspace).id, make_designed(people.workspace, PRETTY)
    sign_in(client, people.editor)
    client.submit(f"{_at(people)}/{template_id}/deletion")
    assert db.session.get(DesignTemplate, template_id) is None
    assert design_of(db.session.get_one(Code, code.id)) == PRETTY


def test_template_gets_another_name_and_never_none(client: FormClient, people: People) -> None:
    template_id = make_template(people.workspace).id
    sign_in(client, people.editor)
    at = f"{_at(people)}/{template_id}/name"
    refused = client.submit(at, {"name": " "})
    assert refused.status_code == 422
    assert "Give the template a name." in refused.text
    assert client.submit(at, {"name": "Café <b>"}).status_code == 303
    assert "It is called “Café &lt;b&gt;” now." in client.get(_at(people)).text
    assert db.session.get_one(DesignTemplate, template_id).name == "Café <b>"


def test_all_wrong_colours_are_named_at_once(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    answer = client.submit(f"{_at(people)}/colours", {"colours": "teal #0b5c56 #12"})
    assert answer.status_code == 422
    assert "“teal”, “#12” are no colours." in answer.text


def test_brand_colours_stand_in_the_designer(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    wrong = client.submit(f"{_at(people)}/colours", {"colours": "#0b5c56 teal"})
    assert wrong.status_code == 422
    assert "“teal” is no colour." in wrong.text
    client.submit(f"{_at(people)}/colours", {"colours": "#0B5C56, 9a3b1a #0b5c56"})
    assert brand_colours(people.workspace) == ["#0b5c56", "#9a3b1a"]
    page = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/design").text
    assert 'data-put-colour="#9a3b1a"' in page


def test_list_goes_on_after_a_page(client: FormClient, people: People) -> None:
    for number in range(26):
        make_template(people.workspace, f"Template {number}")
    sign_in(client, people.member)
    first = client.get(_at(people)).text
    assert first.count("template-card") == 24
    last = db.session.scalars(
        select(DesignTemplate.id).where(DesignTemplate.name == "Template 23")
    ).one()
    assert client.get(f"{_at(people)}?after={last}").text.count("template-card") == 2
