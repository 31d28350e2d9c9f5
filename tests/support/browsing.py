"""A browser without a browser: requests as pages send them, tokens against forgery included."""

import re
from contextvars import Context
from secrets import token_hex
from typing import Any

from flask import Flask, g, has_app_context, session
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from pitchbar.accounts.models import Person
from pitchbar.accounts.sign_in.flow import begin_session
from pitchbar.extensions import db

# What htmx sends when it will swap a part of the page.
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}

# The tests' APP_URL.
SITE = "http://pitchbar.test"


class FormClient(FlaskClient):
    """Sends requests; `submit` sends a form as the page would, with its token.

    Each request runs as if in another process: what the test wrote is committed before, and what
    the test holds is read anew after.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if args and isinstance(args[0], str):
            kwargs.setdefault("base_url", SITE)
        # Reads to the end, so that the file behind a static answer is closed.
        kwargs.setdefault("buffered", True)
        if not has_app_context():
            return super().open(*args, **kwargs)
        db.session.commit()
        try:
            # An empty context: the request must not share the test's session or `g`.
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.rollback()

    def submit(
        self, url: str, data: dict[str, Any] | None = None, *, fragment: bool = False, **kwargs: Any
    ) -> TestResponse:
        """Posts a form with a valid token; `fragment` as htmx sends it, else as a plain form."""
        headers = {**(FRAGMENT if fragment else {}), **kwargs.pop("headers", {})}
        form = {"csrf_token": self.csrf_token(), **(data or {})}
        return self.post(url, data=form, headers=headers, **kwargs)

    def csrf_token(self) -> str:
        """What a form of this session carries, without the price of drawing a page for it."""
        with self.session_transaction(base_url=SITE) as kept:
            known = kept.setdefault("csrf_token", token_hex(20))
            # What Flask-Login leaves in a session that it has seen.
            kept.setdefault("_fresh", False)
        signer = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token")
        return str(signer.dumps(known))


def without_tokens(page: str) -> str:
    """The page without what is another in each answer: the tokens in its forms."""
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", page)


def sign_in(client: FormClient, person: Person) -> None:
    """Starts a session as the sign-in form does, without the price of checking a password."""
    app: Flask = client.application
    with app.test_request_context(base_url=SITE, environ_base=client.environ_base):
        # The test's context is shared; whoever was signed in before stays so, in their browser.
        g.pop("_login_user", None)
        g.pop("person_session", None)
        begin_session(person)
        db.session.commit()
        started = dict(session)
    with client.session_transaction(base_url=SITE) as kept:
        kept.clear()
        kept.update(started)
