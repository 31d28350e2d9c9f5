"""Who may speak with an agent: published ones, from pages that they allow, with a token of ours."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from pitchbar.chat.errors import TokenExpired, TokenInvalid
from pitchbar.chat.ids import new_id
from pitchbar.chat.keys import signing_keys
from pitchbar.chat.origins import allows, is_restricted, read_origin, without_query
from pitchbar.chat.tokens import WidgetToken, read_token, write_token
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.agents.factories import make_agent
from tests.chat.widget import API, SHOP, Widget, error_code
from tests.support.browsing import SITE, FormClient
from tests.support.factories import People

TOKEN = WidgetToken("ag_1", uuid4(), new_id(), SHOP)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("https://shop.example", SHOP),
        ("HTTPS://Shop.Example:443", SHOP),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("null", None),
        ("", None),
        ("*", None),
        ("file://", None),
        ("chrome-extension://abcdef", None),
        ("https://shop.example/", None),
        ("https://shop.example/path", None),
        ("https://a@shop.example", None),
        ("https://shop.example, https://b.example", None),
        ("https://shop.example:0", None),
        ("https://shop.example:99999", None),
        ("https://shop example", None),
        ("https://*.shop.example", None),
        ("//shop.example", None),
        ("javascript:alert(1)", None),
        ("https://shop.example\n", None),
    ],
)
def test_origin_is_read_as_browsers_say_it(said: str, read: str | None) -> None:
    assert read_origin(said) == read


@pytest.mark.parametrize(
    ("allowed", "origin", "is_let_in"),
    [
        ([], SHOP, False),
        ([""], SHOP, False),
        (["*"], SHOP, True),
        (["*"], "http://localhost:3000", True),
        ([SHOP], SHOP, True),
        (["https://shop.example/"], SHOP, True),
        (["https://shop.example:443"], SHOP, True),
        (["HTTPS://SHOP.example"], SHOP, True),
        ([SHOP], "http://shop.example", False),
        ([SHOP], "https://shop.example:8443", False),
        (["https://shop.example:8443"], "https://shop.example:8443", True),
        ([SHOP], "https://www.shop.example", False),
        ([SHOP], "https://shop.example.evil.example", False),
        ([SHOP], "https://evilshop.example", False),
        (["https://*.shop.example"], "https://www.shop.example", True),
        (["https://*.shop.example"], "https://a.b.shop.example", True),
        (["https://*.shop.example"], SHOP, False),
        (["https://*.shop.example"], "https://evilshop.example", False),
        (["https://*.shop.example"], "http://www.shop.example", False),
        (["https://*.shop.example"], "https://www.shop.example:8443", False),
        (["https://*.shop.example:8443"], "https://www.shop.example:8443", True),
        (["http://localhost:3000"], "http://localhost:3000", True),
        (["http://localhost"], "http://localhost:3000", False),
        (["null"], "https://null", False),
    ],
)
def test_list_of_origins_lets_in_whom_it_names(
    allowed: list[str], origin: str, is_let_in: bool
) -> None:
    assert allows(allowed, origin) is is_let_in


@pytest.mark.parametrize(
    ("page", "is_left_out"),
    [
        ("https://shop.example/checkout", True),
        ("https://shop.example/checkout/pay?x=1", True),
        ("https://shop.example//checkout", True),
        ("https://shop.example/%63heckout", True),
        ("https://shop.example/cups", False),
        ("https://shop.example/a/checkout", False),
        ("https://shop.example", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_path_is_restricted_however_it_is_spelled(page: str, is_left_out: bool) -> None:
    assert is_restricted(["/checkout", " "], page) is is_left_out


def test_address_is_kept_without_what_may_name_somebody() -> None:
    assert without_query("https://shop.example/a?mail=ada@mail.example#x") == f"{SHOP}/a"
    for strange in ("javascript:alert(1)", "https://ada:pw@shop.example/", "https://[x", ""):
        assert without_query(strange) == ""


class TestTokens:
    def test_is_read_as_it_was_written(self, settings: Settings) -> None:
        token = replace(TOKEN, scan_id=uuid4(), code_id=7)
        assert read_token(write_token(token, settings, clock.now()), settings, clock.now()) == token

    def test_clocks_may_differ_by_a_minute_and_no_more(self, settings: Settings) -> None:
        now = clock.now()
        text = write_token(TOKEN, settings, now)
        for minutes in (-0.9, 0, 60.9):
            assert read_token(text, settings, now + timedelta(minutes=minutes)) == TOKEN
        with pytest.raises(TokenExpired):
            read_token(text, settings, now + timedelta(minutes=61.1))
        with pytest.raises(TokenInvalid):
            read_token(text, settings, now - timedelta(minutes=1.1))

    def test_earlier_key_is_taken_while_it_is_set(self, settings: Settings) -> None:
        text = write_token(TOKEN, settings.replaced(app_key="the key of before" * 3), clock.now())
        with pytest.raises(TokenInvalid):
            read_token(text, settings, clock.now())
        rotated = settings.replaced(widget_old_keys=("the key of before" * 3,))
        assert read_token(text, rotated, clock.now()) == TOKEN
        # New ones are written under the new key.
        assert read_token(write_token(TOKEN, rotated, clock.now()), settings, clock.now()) == TOKEN

    def test_what_is_forged_is_none(self, settings: Settings) -> None:
        good = write_token(TOKEN, settings, clock.now())
        key = signing_keys(settings)[0]
        head, claims, signature = good.split(".")
        own = OctKey.import_key(key.secret)
        unsaid = {"sub": "x"}
        said = dict(jwt.decode(good, own).claims)
        other = OctKey.import_key("another secret, long enough to be one")
        forged = [
            "",
            "x",
            "a.b.c",
            "." * 5,
            "\ud800",
            f"{head}.{claims}.",
            f"{head}.{claims}.{signature[:-4]}AAAA",
            # {"alg":"none"}
            f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.",
            jwt.encode({"alg": "HS256", "kid": key.id}, unsaid, other),
            jwt.encode({"alg": "HS256"}, unsaid, other),
            jwt.encode({"alg": "HS256", "kid": key.id}, unsaid, own),
            jwt.encode({"alg": "HS512", "kid": key.id}, said, own, algorithms=["HS512"]),
            jwt.encode({"alg": "HS256", "kid": key.id}, said, other),
            jwt.encode({"alg": "HS256"}, said, own),
            jwt.encode({"alg": "HS256", "kid": key.id}, said | {"aud": "else"}, own),
            "9" * 100_000,
        ]
        for text in forged:
            with pytest.raises(TokenInvalid):
                read_token(text, settings, clock.now())


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (SHOP, 200),
        ("https://elsewhere.example", 403),
        ("http://shop.example", 403),
        ("null", 403),
        (None, 403),
        # The chat on our own page.
        (SITE, 200),
    ],
)
def test_each_call_is_let_in_by_its_origin(widget: Widget, origin: str | None, status: int) -> None:
    token = widget.token
    widget.origin, widget.token = origin, ""
    answer = widget.init()
    assert answer.status_code == status
    said = answer.headers.get("Access-Control-Allow-Origin")
    assert said == (origin if status == 200 else None)
    assert "Origin" in answer.headers["Vary"]
    if status == 403:
        assert error_code(answer) == "origin_not_allowed"
        widget.token = token
        for method, path in (("POST", "/messages"), ("GET", "/messages"), ("POST", "/clear")):
            refused = widget.send(method, path, {"text": "Hello"} if method == "POST" else None)
            assert refused.status_code == 403, path
            assert "Access-Control-Allow-Origin" not in refused.headers


def test_our_own_page_reads_without_saying_where_it_is(widget: Widget) -> None:
    widget.origin = SITE
    widget.init()
    widget.origin = None
    assert widget.send("GET", "/messages").status_code == 403
    same = {"Sec-Fetch-Site": "same-origin"}
    assert widget.send("GET", "/messages", headers=same).status_code == 200


def test_change_of_origins_acts_at_once(widget: Widget) -> None:
    widget.agent.allowed_origins = []
    db.session.commit()
    assert error_code(widget.send("GET", "/messages")) == "origin_not_allowed"
    widget.agent.allowed_origins = ["https://*.example"]
    db.session.commit()
    assert widget.send("GET", "/messages").status_code == 200


def test_restricted_paths_act_at_once(widget: Widget) -> None:
    widget.agent.restricted_paths = ["/checkout"]
    db.session.commit()
    asked = {"text": "Hello", "page_url": f"{SHOP}/checkout/pay"}
    assert error_code(widget.send("POST", "/messages", asked)) == "path_restricted"
    assert widget.init().status_code == 200
    assert error_code(widget.init(page_url=f"{SHOP}/checkout")) == "path_restricted"


def test_draft_unknown_agent_and_workspace_on_its_way_out_are_none(
    widget: Widget, people: People, client: FormClient
) -> None:
    assert error_code(widget.init(agent="ag_none")) == "no_agent"
    draft = Widget(client, make_agent(people.workspace, is_published=False))
    assert error_code(draft.init()) == "no_agent"
    people.workspace.deletion_asked_at = clock.now()
    db.session.commit()
    assert error_code(widget.init()) == "no_agent"
    assert error_code(widget.send("GET", "/messages")) == "no_agent"


def test_token_is_for_its_agent_and_its_page(
    widget: Widget, people: People, client: FormClient
) -> None:
    widget.agent.allowed_origins = [SHOP, "https://other.example"]
    db.session.commit()
    widget.origin = "https://other.example"
    assert error_code(widget.send("GET", "/messages")) == "token_invalid"
    widget.origin, widget.token = SHOP, ""
    assert error_code(widget.send("GET", "/messages")) == "token_missing"
    widget.token = "pb_live_something"
    refused = widget.send("GET", "/messages")
    assert refused.status_code == 401
    assert error_code(refused) == "token_invalid"
    # So that the widget can read why.
    assert refused.headers["Access-Control-Allow-Origin"] == SHOP


class TestPreflight:
    def ask(self, client: FormClient, origin: str, path: str = "/messages") -> dict[str, str]:
        answer = client.open(
            f"{API}{path}",
            method="OPTIONS",
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        )
        assert answer.status_code == 204
        assert "Origin" in answer.headers["Vary"]
        return {name: value for name, value in answer.headers if name.startswith("Access-")}

    def test_exactly_those_get_leave_whom_an_agent_lets_in(
        self, client: FormClient, people: People
    ) -> None:
        make_agent(people.workspace, allowed_origins=(SHOP, "https://*.club.example"))
        make_agent(people.workspace, allowed_origins=("https://d.example",), is_published=False)
        for origin in (SHOP, "https://a.club.example", SITE):
            said = self.ask(client, origin)
            assert said["Access-Control-Allow-Origin"] == origin
            assert "POST" in said["Access-Control-Allow-Methods"]
            assert "Last-Event-ID" in said["Access-Control-Allow-Headers"]
            assert "Access-Control-Allow-Credentials" not in said
        for origin in (
            "https://club.example",
            "https://d.example",
            "https://hop.example",
            "http://shop.example",
            "https://%.example",
            "https://shop_example",
            "null",
        ):
            assert self.ask(client, origin) == {}, origin

    def test_everybody_gets_leave_where_an_agent_is_open_to_all(
        self, client: FormClient, people: People
    ) -> None:
        make_agent(people.workspace, allowed_origins=("*",))
        assert self.ask(client, "https://any.example", "/me")
        assert self.ask(client, "null") == {}
