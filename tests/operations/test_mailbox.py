from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.mailbox import sent_mails
from tests.support.members import make_invitation, path_of


def test_empty_mailbox_says_what_comes_here(client: FormClient) -> None:
    assert "No messages yet" in client.get("/dev/mail").text


def test_message_can_be_read_as_text_and_as_html(client: FormClient, people: People) -> None:
    invitation = make_invitation(people.workspace)
    [mail] = sent_mails()
    page = client.get("/dev/mail").text
    assert mail.subject in page
    assert "new@pitchbar.example" in page
    shown = client.get(f"/dev/mail/{mail.id}").text
    assert path_of(invitation) in shown
    assert "sandbox=" in shown
    html = client.get(f"/dev/mail/{mail.id}/html")
    assert path_of(invitation) in html.text
    assert '<base target="_top">' in html.text
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_newest_message_stands_first(client: FormClient, people: People) -> None:
    make_invitation(people.workspace, email="first@pitchbar.example")
    make_invitation(people.workspace, email="second@pitchbar.example")
    assert [mail.to for mail in sent_mails()] == [
        "second@pitchbar.example",
        "first@pitchbar.example",
    ]


def test_what_is_no_message_is_404(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    for name in ("1", "..%2fapp_key", "9" * 40, "x"):
        assert client.get(f"/dev/mail/{name}").status_code == 404
        assert client.get(f"/dev/mail/{name}/html").status_code == 404
