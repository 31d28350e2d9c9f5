"""What a message carries beside its text: a way out of its list, and pictures."""

import json
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pitchbar.clients.mail_format import Mail, Picture, compose_message
from pitchbar.clients.mailer import list_boxed, make_mailer
from pitchbar.core.encryption import decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.mailing.bodies import find_body, read_body, store_body
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import current_settings
from tests.support.mail_servers import mail_server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
PLAIN = Mail("ada@pitchbar.example", "Your week", "Text", '<img src="cid:week" alt="The week">')
# As long as a token makes it: longer than a line of a header may usually be.
LEAVE = "https://pitchbar.example/unsubscribe/" + "x" * 300
LETTER = replace(PLAIN, unsubscribe_url=LEAVE, pictures=(Picture("week", PNG),))


def test_a_mail_program_finds_the_way_out_in_one_piece() -> None:
    raw = compose_message(LETTER, "Pitchbar <mail@pitchbar.example>").as_bytes()
    assert f"List-Unsubscribe: <{LEAVE}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_a_message_that_somebody_asked_for_has_none() -> None:
    assert "List-Unsubscribe" not in compose_message(PLAIN, "mail@pitchbar.example")


@pytest.mark.parametrize("knows_utf8", [True, False])
def test_a_picture_arrives_beside_its_html(settings: Any, knows_utf8: bool) -> None:
    with mail_server(enable_SMTPUTF8=knows_utf8) as post:
        make_mailer(post.url, "mail@pitchbar.example", settings.data_dir).send(LETTER)
    [message] = post.messages
    assert message["List-Unsubscribe"] == f"<{LEAVE}>"
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<week>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == PNG
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    assert text.get_content().strip() == "Text"
    assert 'src="cid:week"' in html.get_content()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]


def test_the_mailbox_of_development_shows_the_picture(tmp_path: Path) -> None:
    make_mailer("", "mail@pitchbar.example", tmp_path).send(LETTER)
    [shown] = list_boxed(tmp_path)
    assert 'src="data:image/png;base64,iVBOR' in shown.html
    make_mailer("", "mail@pitchbar.example", tmp_path / "other").send(PLAIN)
    [without] = list_boxed(tmp_path / "other")
    assert 'src="cid:week"' in without.html


def test_a_message_is_kept_whole_until_it_is_sent(app: Flask) -> None:
    key = current_settings().app_key
    for mail in (LETTER, PLAIN):
        body = find_body(_store(mail))
        assert body
        assert read_body(body, key) == mail


def test_a_worker_of_the_release_before_reads_plain_messages(app: Flask) -> None:
    """It knows four fields, and stumbles over any other."""
    body = find_body(_store(PLAIN))
    assert body
    stored = json.loads(decrypt(body.encrypted, current_settings().app_key))
    assert set(stored) == {"to", "subject", "text", "html"}


def test_a_message_of_the_release_before_is_read(app: Flask) -> None:
    key = current_settings().app_key
    body = find_body(_store(PLAIN))
    assert body
    old = {"to": "ada@pitchbar.example", "subject": "S", "text": "T", "html": "H"}
    body.encrypted = encrypt(json.dumps(old), key)
    assert read_body(body, key) == Mail("ada@pitchbar.example", "S", "T", "H")


def test_an_address_of_many_letters_makes_no_second_header() -> None:
    letter = replace(LETTER, subject="Week\r\nBcc: eve@pitchbar.example")
    raw = compose_message(letter, "mail@pitchbar.example").as_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Week Bcc: eve@pitchbar.example"


def _store(mail: Mail) -> int:
    record = MailRecord(reference="", template="x", to=mail.to)
    db.session.add(record)
    db.session.flush()
    store_body(record.id, mail, current_settings().app_key, to_stranger=False)
    return record.id
