"""An authenticator app, and the ways through the pages that ask for it."""

import re
from datetime import timedelta

import pyotp
import pytest
from werkzeug.test import TestResponse

from pitchbar.core import clock
from tests.support.browsing import FormClient
from tests.support.factories import PASSWORD

ADA = "ada@pitchbar.example"


class Phone:
    """The authenticator app: shows the code of the (moved) clock."""

    def __init__(self, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secret = secret
        self._totp = pyotp.TOTP(secret)
        self._patch = monkeypatch

    def code(self, seconds: float = 0) -> str:
        return self._totp.at(clock.now() + timedelta(seconds=seconds))

    def wait(self, **time: float) -> None:
        moment = clock.now() + timedelta(**time)
        self._patch.setattr(clock, "now", lambda: moment)


def set_up(client: FormClient, monkeypatch: pytest.MonkeyPatch) -> Phone:
    assert client.submit("/account/two-factor/setup").location == "/account/two-factor/setup"
    page = client.get("/account/two-factor/setup").text
    found = re.search(r'<p class="setup-key"><code>([A-Z2-7 ]+)</code>', page)
    assert found is not None
    return Phone(found[1].replace(" ", ""), monkeypatch)


def turn_on(client: FormClient, phone: Phone) -> TestResponse:
    data = {"code": phone.code()}
    return client.submit("/account/two-factor/activation", data, follow_redirects=True)


def give_password(client: FormClient, **more: str) -> TestResponse:
    return client.submit("/login", {"email": ADA, "password": PASSWORD, **more})


def give_code(client: FormClient, code: str, **more: str) -> TestResponse:
    return client.submit("/login/two-factor", {"code": code, **more})
