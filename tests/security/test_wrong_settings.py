"""What would go wrong later, and silently, stops the start with a sentence that helps."""

import pytest

from pitchbar.core.proxies import untrusted_proxy
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import SettingsError, load_settings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_person, make_workspace

KEY = "a key for tests only, long enough to be one"
PRODUCTION = {"APP_ENV": "production", "APP_KEY": KEY}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_URL", "https://pitchbar.example:99999"),
        ("APP_URL", "https://pitchbar.example:0"),
        ("APP_URL", "https://pitchbar.example:"),
        ("APP_URL", "https://pitchbar.example:https"),
        ("APP_URL", "https://bücher.example"),
        ("APP_URL", "https://[::1"),
        ("APP_URL", "https://pitch bar.example"),
        ("APP_URL", "https://-pitchbar-.example"),
        ("APP_URL", "https://pitchbar..example"),
        ("HOST", "https://0.0.0.0"),
        ("HOST", "0.0.0.0:8000"),
        ("MAIL_URL", "smtp://user:pass#word@mail.example"),
        ("MAIL_URL", "smtp://mail.example:99999"),
        ("MAIL_URL", "smtp://mail.example:smtp"),
        ("MAIL_URL", "smtp://mail.example:0"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_URL", "smtp://user:pa/ss@mail.example"),
        ("MAIL_URL", "smtp://user:pa ss@mail.example"),
        ("MAIL_FROM", "Pitchbar, Inc. <mail@pitchbar.example>"),
        ("MAIL_FROM", "Pitchbar"),
        ("MAIL_FROM", "a@pitchbar.example, b@pitchbar.example"),
        ("MAIL_FROM", "Pitchbar <mail@pitchbar.example"),
        ("MAIL_FROM", "Pitchbar <mail@pitchbar.example>\nBcc: all@pitchbar.example"),
    ],
)
def test_what_cannot_work_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} is not usable: .+\.$"):
        load_settings({**PRODUCTION, name: value})


def test_unicode_host_is_told_in_its_ascii_form() -> None:
    with pytest.raises(SettingsError, match=r"https://xn--bcher-kva\.example\."):
        load_settings({**PRODUCTION, "APP_URL": "https://bücher.example/"})


@pytest.mark.parametrize(
    "url",
    [
        "smtp://user:pass%23word@mail.example:587?tls=required",
        "smtps://mail.example",
        "smtp://[::1]:2525",
        "smtp://localhost:1025",
    ],
)
def test_usual_mail_servers_are_taken(url: str) -> None:
    assert load_settings({**PRODUCTION, "MAIL_URL": url})[MailSettings].mail_url == url


@pytest.mark.parametrize(
    "sender", ['"Pitchbar, Inc." <mail@pitchbar.example>', "mail@pitchbar.example", "Café <a@b.cd>"]
)
def test_usual_senders_are_taken(sender: str) -> None:
    assert load_settings({**PRODUCTION, "MAIL_FROM": sender})[MailSettings].mail_from == sender


WEAK = [
    "short",
    "a key of thirty-one characters.",
    "changeme-changeme-changeme-changeme-1",
    "Please_Change_Me_before_you_go_live_4711",
    "my-super-secret-application-key-0815",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "abababababababababababababababababababab",
    "0123456789abcdefghijklmnopqrstuvwxyzABCD",
    "qJ7vX2mLqJ7vX2mLqJ7vX2mLqJ7vX2mLqJ7vX2mL",
    "password1234567890password1234567890",
]


@pytest.mark.parametrize("environment", ["preview", "staging", "production"])
@pytest.mark.parametrize("weak", WEAK)
def test_a_key_that_can_be_guessed_stops_the_start(environment: str, weak: str) -> None:
    with pytest.raises(SettingsError, match=rf"^APP_KEY is too weak for APP_ENV={environment}: it"):
        load_settings({"APP_ENV": environment, "APP_KEY": weak})


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "INTERNAL_QUEUE_TOKEN"])
def test_a_token_that_can_be_guessed_stops_the_start(name: str) -> None:
    for weak in ("changeme-changeme-changeme", "xyxyxyxyxyxyxyxyxyxyxyxyxyxy"):
        with pytest.raises(SettingsError, match=rf"^{name} is too weak"):
            load_settings({**PRODUCTION, name: weak})
    with pytest.raises(SettingsError, match=rf"^{name} is"):
        load_settings({**PRODUCTION, name: "short"})


def test_the_sentence_does_not_repeat_the_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**PRODUCTION, "APP_KEY": "hunter2-hunter2"})
    assert "hunter2" not in str(caught.value)


def test_in_development_any_key_will_do() -> None:
    assert load_settings({"APP_KEY": "short"}).app_key == "short"


def _page(client: FormClient, email: str) -> str:
    person = make_person(email=email)
    workspace = make_workspace(person)
    sign_in(client, person)
    client.environ_base["REMOTE_ADDR"] = "192.168.1.30"
    return client.get(f"/w/{workspace.slug}/").text


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_a_proxy_that_nobody_told_of_is_said_once_and_to_operators(
    client: FormClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untrusted_proxy, "is_seen", False)
    with caplog.at_level("WARNING"):
        for _ in range(3):
            client.get("/up", headers={"X-Forwarded-For": "203.0.113.5"})
    assert sum("TRUSTED_PROXIES is 0" in record.message for record in caplog.records) == 1
    assert "TRUSTED_PROXIES is 0" not in _page(client, "anybody@pitchbar.example")
    assert "TRUSTED_PROXIES is 0" in _page(client, "ops@pitchbar.example")


@pytest.mark.settings(trusted_proxies=1)
def test_a_proxy_that_is_known_is_not_worth_a_word(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untrusted_proxy, "is_seen", False)
    client.get("/up", headers={"X-Forwarded-For": "203.0.113.5"})
    assert not untrusted_proxy.is_seen
