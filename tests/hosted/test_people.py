"""What an agent's page says of people, drawn again without scripts or part by part for them."""

import pytest
from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.chat.models import Conversation
from pitchbar.extensions import db
from pitchbar.inbox.holding import claim, hand_back
from tests.hosted.factories import Page
from tests.inbox.factories import actor_of
from tests.retrieval.factories import run_jobs
from tests.support.factories import People

QUESTION = "When does money come back?"
TOLD, OFFER, LOOK = "The team has been told.", "Ask for a person", "Look for an answer"


@pytest.fixture
def talk(page: Page) -> Conversation:
    page.ask(QUESTION)
    page.send("/person")
    run_jobs("chat.")
    return db.session.scalars(select(Conversation)).one()


def join(talk: Conversation, person: Person) -> str:
    """What the page says of it."""
    claim(talk, person, actor_of(person))
    db.session.commit()
    return f"{person.name} of the team is here"


def part_of(page: Page, after: str = "") -> str:
    """As the page's script asks for what is new."""
    address = f"{page.address}/messages{f'?after={after}' if after else ''}"
    answer = page.client.get(address, headers={"Authorization": f"Bearer {page.token}"})
    assert answer.status_code == 200
    return answer.text


def test_page_that_is_drawn_again_says_who_joined(
    page: Page, talk: Conversation, people: People
) -> None:
    assert TOLD in page.html
    assert LOOK in page.html
    here = join(talk, people.editor)
    for html in (page.open().html, page.ask("Are you there?").html):
        assert here in html
        assert LOOK in html
        assert TOLD not in html
        assert OFFER not in html
    hand_back(talk, people.editor, actor_of(people.editor))
    db.session.commit()
    assert here not in page.open().html


def test_part_says_who_joined_before_they_write(
    page: Page, talk: Conversation, people: People
) -> None:
    last = page.html.rpartition('data-id="')[2].partition('"')[0]
    before = part_of(page, last)
    assert "<article" not in before
    assert TOLD in before
    assert "Leave an address" in before
    here = join(talk, people.editor)
    after = part_of(page, last)
    assert here in after
    assert "<article" not in after
    assert TOLD not in after
    assert "Leave an address" in after


def test_address_that_was_left_is_said_and_not_asked_for_again(
    page: Page, talk: Conversation
) -> None:
    asked = 'name="email"'
    assert asked in page.html
    page.send("/leads", email="Ada@Mail.example")
    for html in (page.html, page.open().html, page.ask("And in cash?").html, part_of(page)):
        assert "The team writes to ada@mail.example" in html
        assert asked not in html
    # What is refused of another one stands there to be mended.
    again = page.send("/leads", email="grace").html
    assert 'value="grace"' in again
    assert "The team writes to ada@mail.example" in again
    assert asked in page.send("/clear").ask(QUESTION).html
