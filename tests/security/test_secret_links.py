"""A link that opens something stays between the mailbox and us: not in logs, not in the Referer,
and good once.
"""

import logging
from collections.abc import Callable

import pytest

from pitchbar.accounts.passwords.services import make_reset_token
from pitchbar.accounts.verification.services import make_verification_token
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Invitation
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, make_person
from tests.support.members import copied_path_of, make_invitation, path_of


@pytest.fixture
def invitation(people: People) -> Invitation:
    return make_invitation(people.workspace)


@pytest.fixture
def links(people: People, invitation: Invitation) -> dict[str, str]:
    """The path and query of each kind, with the secret part of it."""
    settings, new = current_settings(), make_person(verified_at=None)
    return {
        f"/password/reset?token={(reset := make_reset_token(people.owner, settings))}": reset,
        f"/account/address/proof?token={(proof := make_verification_token(new, settings))}": proof,
        "/account/email/confirm?token=pb_email_secret": "pb_email_secret",
        path_of(invitation): path_of(invitation).rpartition("/")[2],
        copied_path_of(invitation): copied_path_of(invitation).rpartition("/")[2],
        # Cut off, or with more behind it: still a secret of somebody.
        path_of(invitation) + "/": path_of(invitation).rpartition("/")[2],
        path_of(invitation) + "/nothing": path_of(invitation).rpartition("/")[2],
        f"/login?next={path_of(invitation)}": path_of(invitation).rpartition("/")[2],
        f"/signup?next={path_of(invitation)}": path_of(invitation).rpartition("/")[2],
    }


@pytest.mark.settings(log_level="DEBUG")
def test_no_log_line_has_the_secret(
    client: FormClient, links: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().addHandler(caplog.handler)
    with caplog.at_level("DEBUG"):
        for link in links:
            client.get(link)
            client.submit(link)
    assert "/password/reset" in caplog.text
    assert "/invitations/<token>" in caplog.text
    assert [link for link, secret in links.items() if secret in caplog.text] == []


def test_pages_send_no_referer(client: FormClient, links: dict[str, str]) -> None:
    for link in links:
        if not link.endswith(("/", "/nothing")):
            assert client.get(link).headers["Referrer-Policy"] == "no-referrer", link
    assert client.get("/login").headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_reset_works_once(client: FormClient) -> None:
    person = make_person()
    token = make_reset_token(person, current_settings())
    form = {"token": token, "password": "another quiet horse counts"}
    assert client.submit("/password/reset", form).status_code == 303
    again = client.submit("/password/reset", form)
    assert again.status_code == 410
    assert "used already" in again.text
    assert "used already" in client.get(f"/password/reset?token={token}").text


Path = Callable[[Invitation], str]


@pytest.mark.parametrize("path", [path_of, copied_path_of])
def test_invitation_is_accepted_once(
    client: FormClient, people: People, invitation: Invitation, path: Path
) -> None:
    sign_in(client, make_person(email=invitation.email))
    assert client.submit(path(invitation) + "/acceptance").status_code == 303
    client.submit("/logout")
    again = client.get(path(invitation))
    assert again.status_code == 410
    assert "accepted already" in again.text
    form = {"name": "Eve", "password": PASSWORD}
    assert client.submit(path(invitation) + "/account", form).status_code in (410, 422)


def test_copied_link_does_not_hold_the_mailed_one(invitation: Invitation) -> None:
    copied, mailed = copied_path_of(invitation), path_of(invitation)
    assert copied.rpartition(".")[2] != mailed.rpartition(".")[2]
