"""Giving a workspace away, or deleting it, asks again who one is."""

from datetime import timedelta

import pytest

from pitchbar.accounts.models import PersonSession
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People
from tests.support.members import membership_of


def _let_time_pass() -> None:
    for record in db.session.query(PersonSession):
        record.confirmed_at = clock.now() - timedelta(minutes=16)
    db.session.commit()


@pytest.mark.parametrize("act", ["deletion", "ownership"])
def test_an_old_sign_in_is_asked_again_and_then_may(
    client: FormClient, people: People, act: str
) -> None:
    slug = people.workspace.slug
    member = membership_of(people.admin, people.workspace)
    page, target = {
        "deletion": (f"/w/{slug}/delete", f"/w/{slug}/deletion"),
        "ownership": (f"/w/{slug}/members/{member.id}/ownership",) * 2,
    }[act]
    form = {"confirmation": people.workspace.name}
    sign_in(client, people.owner)
    _let_time_pass()
    assert client.get(page).location.startswith("/login/confirm")
    assert client.submit(target, form).location.startswith("/login/confirm")
    assert people.workspace.deletion_asked_at is None
    assert client.submit("/login/confirm", {"password": PASSWORD, "next": page}).location == page
    assert client.get(page).status_code == 200
    assert client.submit(target, form).status_code == 303
    assert "/login/confirm" not in client.submit(target, form).headers.get("Location", "")
