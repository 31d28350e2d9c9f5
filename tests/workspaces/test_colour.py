"""The colour of a workspace, on the pages that visitors see."""

import pytest

from pitchbar.extensions import db
from pitchbar.workspaces.colours import text_on
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.members import audit_entries_of


def save(client: FormClient, people: People, **typed: str) -> tuple[int, str]:
    workspace = people.workspace
    values = {"name": workspace.name, "slug": workspace.slug, "time_zone": "UTC", **typed}
    answer = client.submit(f"/w/{workspace.slug}/settings", values)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"colour": "#1d4ed8"}, "#1d4ed8"),
        ({"colour": "own", "own_colour": "#0F7B5F"}, "#0f7b5f"),
        ({"colour": "own", "own_colour": " abc "}, "#aabbcc"),
        ({"colour": "", "own_colour": "#0f7b5f"}, ""),
    ],
)
def test_colour_is_chosen_or_typed(
    client: FormClient, people: People, typed: dict[str, str], stored: str
) -> None:
    people.workspace.colour = "#b91c1c"
    db.session.commit()
    sign_in(client, people.admin)
    assert save(client, people, **typed)[0] == 303
    assert people.workspace.colour == stored
    entry = audit_entries_of(people.workspace)[0]
    assert (entry.before, entry.after) == ({"colour": "#b91c1c"}, {"colour": stored})


@pytest.mark.parametrize(
    "typed",
    [
        "red",
        "#12345",
        "#1234567",
        "#gggggg",
        "url(x)",
        "#\u0660\u0660\u0660",
        "#fff;}",
        "",
        '"><script>',
        "\x00",
    ],
)
def test_what_is_no_colour_is_said_at_the_field(
    client: FormClient, people: People, typed: str
) -> None:
    sign_in(client, people.owner)
    status, page = save(client, people, colour="own", own_colour=typed)
    assert status == 422
    assert "Write the colour" in page.partition('id="own_colour-error"')[2].partition("</p>")[0]
    assert "<script>" not in page.partition('id="settings-form"')[2].partition("</form>")[0]
    assert people.workspace.colour == ""


def test_colour_that_is_not_offered_is_refused(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    assert save(client, people, colour="#123456")[0] == 422
    assert people.workspace.colour == ""


def test_form_of_before_leaves_the_colour_as_it_is(client: FormClient, people: People) -> None:
    people.workspace.colour = "#b91c1c"
    db.session.commit()
    sign_in(client, people.owner)
    assert save(client, people, name="Other")[0] == 303
    assert (people.workspace.name, people.workspace.colour) == ("Other", "#b91c1c")


def test_picture_shows_the_colour_without_a_style_of_its_own(
    client: FormClient, people: People
) -> None:
    people.workspace.colour = "#facc15"
    db.session.commit()
    sign_in(client, people.owner)
    page = client.get(f"/w/{people.workspace.slug}/settings").text
    assert 'value="#facc15"' in page
    assert page.count('fill="#facc15"') == 2
    assert 'stroke="#000000"' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("colour", "text"),
    [
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#007654", "#ffffff"),
        ("#777777", "#000000"),
    ],
)
def test_text_on_a_colour_is_read(colour: str, text: str) -> None:
    assert text_on(colour) == text
