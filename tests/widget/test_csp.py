"""What a page's Content-Security-Policy lets through, after CSP Level 3."""

import pytest

from pitchbar.widget.csp import Asked, find_blocked, matches, read_policies, wants_nonce

PAGE = "https://shop.example/cups"
SCRIPT = "https://chat.example/widget/widget.js?v=1"
MODULE = "https://chat.example/widget/app.js?v=2"
CALLS = "https://chat.example/api/v1/widget/look"


def blocked(policy: str, nonce: str = "", integrity: str = "") -> list[str]:
    asked = Asked(PAGE, SCRIPT, [MODULE], CALLS, nonce, integrity)
    return find_blocked(read_policies(policy), asked)


@pytest.mark.parametrize(
    ("source", "url", "is_meant"),
    [
        ("*", SCRIPT, True),
        ("*", "data:text/javascript,1", False),
        ("https:", SCRIPT, True),
        ("http:", SCRIPT, True),
        ("data:", SCRIPT, False),
        ("'self'", SCRIPT, False),
        ("'self'", "https://shop.example/app.js", True),
        ("'self'", "https://shop.example:8443/app.js", False),
        ("'none'", SCRIPT, False),
        ("chat.example", SCRIPT, True),
        ("CHAT.example", SCRIPT, True),
        ("https://chat.example", SCRIPT, True),
        ("http://chat.example", SCRIPT, True),
        ("https://chat.example", "http://chat.example/x.js", False),
        ("*.example", SCRIPT, True),
        ("*.chat.example", SCRIPT, False),
        ("*.chat.example", "https://a.chat.example/x.js", True),
        ("https://chat.example:443", SCRIPT, True),
        ("https://chat.example:8443", SCRIPT, False),
        ("https://chat.example:*", "https://chat.example:8443/x.js", True),
        ("https://chat.example", "https://chat.example:8443/x.js", False),
        ("https://chat.example/widget/", SCRIPT, True),
        ("https://chat.example/widget", SCRIPT, False),
        ("https://chat.example/widget/widget.js", SCRIPT, True),
        ("https://chat.example/widget/widget.js", MODULE, False),
        ("https://chat.example/other/", SCRIPT, False),
        ("https://evilchat.example", SCRIPT, False),
        ("[::1]:8000", "https://[::1]:8000/x.js", True),
        ("'unsafe-inline'", SCRIPT, False),
        ("???", SCRIPT, False),
    ],
)
def test_entry_of_a_policy_means_these_addresses(source: str, url: str, is_meant: bool) -> None:
    # `[::1]` is compared as browsers say it, without brackets.
    assert matches(source, url, PAGE) is is_meant


@pytest.mark.parametrize(
    ("policy", "kept_out"),
    [
        ("", []),
        ("img-src 'self'", []),
        ("default-src 'self'", ["script", "files", "calls"]),
        ("default-src https:", []),
        ("default-src 'none'; script-src https://chat.example; connect-src *", []),
        ("script-src 'self'; connect-src https://chat.example", ["script", "files"]),
        ("script-src https://chat.example; connect-src 'self'", ["calls"]),
        ("script-src https://chat.example/widget/widget.js", ["files"]),
        ("script-src 'none'; script-src-elem https://chat.example/widget/", []),
        # Of two of the same name, the first counts; names are read in any case.
        ("SCRIPT-SRC https://chat.example; script-src 'none'", []),
        # Both have to let it through.
        ("script-src *, script-src 'self'", ["script", "files"]),
        ("script-src *; sandbox", ["script", "files"]),
        ("script-src *; sandbox allow-scripts", []),
        ("script-src https://chat.example 'strict-dynamic'", ["script", "files"]),
        ("script-src 'nonce-abc'", ["script", "files"]),
        ("report-uri /csp", []),
        (" ;; , ;", []),
    ],
)
def test_what_a_policy_keeps_out(policy: str, kept_out: list[str]) -> None:
    assert blocked(policy) == kept_out


def test_a_nonce_lets_the_script_in_and_what_it_imports() -> None:
    for policy in ("script-src 'nonce-abc'", "script-src 'nonce-abc' 'strict-dynamic'"):
        assert blocked(policy, nonce="abc") == []
        assert blocked(policy, nonce="ABC") == ["script", "files"]
    assert wants_nonce(read_policies("default-src 'nonce-abc'"))
    assert not wants_nonce(read_policies("script-src 'self'; style-src 'nonce-abc'"))


def test_a_digest_is_of_the_script_alone() -> None:
    assert blocked("script-src 'sha384-x'", integrity="sha384-x") == ["files"]
    assert blocked("script-src 'sha384-x' 'strict-dynamic'", integrity="sha384-x") == []
    assert blocked("script-src 'sha384-y'", integrity="sha384-x") == ["script", "files"]


def test_ways_to_be_nasty_are_survived() -> None:
    for policy in (
        "script-src " + "https://*.a" * 5000,
        "script-src :::",
        "a" * 100_000,
        ";" * 9999,
    ):
        assert isinstance(blocked(policy), list)
