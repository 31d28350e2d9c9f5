"""Which addresses a code may lead to, and what becomes of them."""

import pytest

from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.errors import InvalidDestination
from tests.conftest import MakeSettings

SPACES = "An address has no spaces, line breaks or backslashes."
SCHEME = "Only web addresses work here: start with https:// or http://."
INCOMPLETE = "This is not a complete web address."
SECRET = "Leave out the user name and password: everyone could read them."
LOOP = "A code cannot lead back to Pitchbar: that would be a loop."


def bare(host: str) -> str:
    return f"“{host}” is no complete name: the ending is missing (.com)."


def hidden(number: str) -> str:
    return f"There is an invisible character in it (U+{number})."


def refusal(url: str, make_settings: MakeSettings, **values: str) -> str:
    with pytest.raises(InvalidDestination) as caught:
        clean_destination(url, make_settings(**values))
    assert caught.value.fields == {"destination_url": caught.value.message}
    return caught.value.message


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Enter the address that the code should open."),
        ("   ", "Enter the address that the code should open."),
        ("javascript:alert(1)", SCHEME),
        ("JavaScript:1", SCHEME),
        ("javascript://shop.example/%0aalert(1)", SCHEME),
        ("data:text/html,hello", SCHEME),
        ("ftp://shop.example/menu", SCHEME),
        ("mailto:ada@shop.example", SCHEME),
        ("sms:123", SCHEME),
        ("http:/shop.example", f"{INCOMPLETE} Did you mean http://shop.example?"),
        ("//shop.example", f"{INCOMPLETE} Did you mean https://shop.example?"),
        ("/menu", INCOMPLETE),
        ("https:////shop.example", f"{INCOMPLETE} Did you mean https://shop.example?"),
        ("http://", INCOMPLETE),
        ("https://?q=1", INCOMPLETE),
        ("https://.", INCOMPLETE),
        ("https://shop..example", INCOMPLETE),
        ("https://shop.example..", INCOMPLETE),
        ("https://-shop.example", INCOMPLETE),
        ("https://shop.example:0", INCOMPLETE),
        ("https://shop.example:99999", INCOMPLETE),
        ("https://shop.example:http", INCOMPLETE),
        ("https://[::1", INCOMPLETE),
        ("https://[shop.example]/", INCOMPLETE),
        ("https://" + "a." * 130 + "example", INCOMPLETE),
        ("https://" + "a" * 64 + ".example", INCOMPLETE),
        ("https://shop.example/\ud800", INCOMPLETE),
        ("https://shop.example/a b", f"{SPACES} Did you mean https://shop.example/a%20b?"),
        ("https://sho p.example", f"{SPACES} Did you mean https://shop.example?"),
        ("https://shop.example/\r\nSet-Cookie: a=b", SPACES),
        ("https://shop.example\\menu", f"{SPACES} Did you mean https://shop.example/menu?"),
        ("https://shop.example/\x00", SPACES),
        ("https://shop.example/\x7f", SPACES),
        ("https://ada:secret@shop.example", SECRET),
        ("https://ada@shop.example", SECRET),
        ("https://@shop.example", SECRET),
        # Slips of the keyboard, and what comes along when an address is copied.
        ("http//shop.example", f"{INCOMPLETE} Did you mean http://shop.example?"),
        ("https//shop.example/a?b=1", f"{INCOMPLETE} Did you mean https://shop.example/a?b=1?"),
        ("https;//shop.example", f"{INCOMPLETE} Did you mean https://shop.example?"),
        ("htp://shop.example", f"{SCHEME} Did you mean https://shop.example?"),
        ("https:shop.example", f"{INCOMPLETE} Did you mean https://shop.example?"),
        ("https://https://shop.example", f"{bare('https')} Did you mean https://shop.example?"),
        ("https://http//shop.example/x", f"{bare('http')} Did you mean http://shop.example/x?"),
        ("https://sh\u200bop.example", f"{hidden('200B')} Did you mean https://shop.example?"),
        ("\ufeffhttps://shop.example/", f"{hidden('FEFF')} Did you mean https://shop.example/?"),
        (
            "https://shop.example/a\u202eb",
            f"{hidden('202E')} Did you mean https://shop.example/ab?",
        ),
        # Hosts that no browser opens.
        ("https://256.1.1.1", INCOMPLETE),
        ("https://1.2.3.4.5", INCOMPLETE),
        ("https://1234567", INCOMPLETE),
        ("https://0.1.2.3", INCOMPLETE),
        ("https://[v1.x]/", INCOMPLETE),
        ("https://xn--a.example", INCOMPLETE),
        ("https://a\u200cb.example", INCOMPLETE),
        ("https://exampl", bare("exampl")),
        ("exampl/menu", bare("exampl")),
        (
            "https://shop.example/" + "a" * 2048,
            "The address is too long: use at most 2048 characters.",
        ),
        (
            "https://shop.example/" + "ü" * 500,
            "The address is too long: use at most 2048 characters.",
        ),
    ],
)
def test_bad_address_is_refused_with_a_sentence(
    make_settings: MakeSettings, url: str, sentence: str
) -> None:
    assert refusal(url, make_settings) == sentence


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://shop.example/menu", "https://shop.example/menu"),
        ("  shop.example/menu ", "https://shop.example/menu"),
        ("shop.example:8080/menu", "https://shop.example:8080/menu"),
        ("HTTP://Shop.Example/Menu", "http://shop.example/Menu"),
        ("https://shop.example?u=https://a.example", "https://shop.example?u=https://a.example"),
        (
            "https://münchen.example/straße?q=ü#é",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%BC#%C3%A9",
        ),
        ("https://shop.example/a%20b%2Fc?x=%C3%BC", "https://shop.example/a%20b%2Fc?x=%C3%BC"),
        ("https://shop.example/?a=1&b=2&a=3#top", "https://shop.example/?a=1&b=2&a=3#top"),
        ("https://192.0.2.7/", "https://192.0.2.7/"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("https://my_shop.example", "https://my_shop.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://βόλος.example", "https://xn--nxasmm1c.example"),
        ("https://sh%6fp.example/", "https://shop.example/"),
        ("https://☃.example", "https://xn--n3h.example"),
        ("https://نامه‌ای.example/", "https://xn--mgba3gch31f060k.example/"),
        ("https://\uff33\uff28\uff2f\uff30.example", "https://shop.example"),
        ("https://shop.example/👩‍🍳", "https://shop.example/%F0%9F%91%A9%E2%80%8D%F0%9F%8D%B3"),
    ],
)
def test_good_address_becomes_ascii_and_keeps_its_meaning(
    make_settings: MakeSettings, url: str, cleaned: str
) -> None:
    assert clean_destination(url, make_settings()) == cleaned


@pytest.mark.parametrize(
    "url",
    [
        "https://pitchbar.test/t/menu",
        "http://PITCHBAR.test",
        "pitchbar.test",
        "https://pitchbar.test.:443/",
        "http://pitchbar.test:80",
        "https://\uff50itchbar.test",
        "https://pitchbar。test",
        "https://pitchb%61r.test",
        "https://ⓟitchbar.test",
    ],
)
def test_own_host_is_refused_in_every_disguise(make_settings: MakeSettings, url: str) -> None:
    assert refusal(url, make_settings, app_url="https://pitchbar.test") == LOOP


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost.",
        "codes.localhost",
        "127.0.0.1",
        "127.8.9.10",
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0",
        "0.0.0.0",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "0x7f000001",
        "0x",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_this_machine_is_refused_while_the_site_is_on_localhost(
    make_settings: MakeSettings, host: str
) -> None:
    settings = {"app_url": "http://localhost:8000"}
    assert refusal(f"http://{host}:8000/t/menu", make_settings, **settings) == LOOP
    assert clean_destination(f"http://{host}:3000/", make_settings(**settings))


def test_site_on_a_bare_address_is_known_by_its_other_spellings(
    make_settings: MakeSettings,
) -> None:
    for host in ("203.0.113.5", "3405803781", "[::ffff:203.0.113.5]"):
        assert refusal(f"http://{host}/", make_settings, app_url="http://203.0.113.5") == LOOP


@pytest.mark.parametrize(
    "url",
    ["https://pitchbar.test.example", "https://www.pitchbar.test", "http://pitchbar.test:8080"],
)
def test_other_hosts_and_ports_are_other_sites(make_settings: MakeSettings, url: str) -> None:
    assert clean_destination(url, make_settings(app_url="https://pitchbar.test")) == url


class TestAllowlist:
    LISTED = "shop.example, MÜNCHEN.example,xn--caf-dma.example"

    @pytest.mark.parametrize(
        "url",
        [
            "https://shop.example/",
            "https://www.SHOP.example.:8443/",
            "https://\uff53hop.example",
            "https://münchen.example",
            "https://www.xn--mnchen-3ya.example",
            "https://café.example",
        ],
    )
    def test_listed_hosts_and_those_below_them_pass(
        self, make_settings: MakeSettings, url: str
    ) -> None:
        assert clean_destination(url, make_settings(qr_destination_host_allowlist=self.LISTED))

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://evil.example", "evil.example"),
            ("https://myshop.example", "myshop.example"),
            ("https://shop.example.evil.example", "shop.example.evil.example"),
            ("https://example", "example"),
            ("https://evil.example/shop.example", "evil.example"),
            ("https://evil.example?shop.example", "evil.example"),
            ("https://evil.example#.shop.example", "evil.example"),
            ("https://\u0455hop.example", "xn--hop-ehd.example"),
        ],
    )
    def test_every_other_host_is_refused_by_name(
        self, make_settings: MakeSettings, url: str, host: str
    ) -> None:
        sentence = refusal(url, make_settings, qr_destination_host_allowlist=self.LISTED)
        assert sentence == f"{host} is not on the list of hosts that codes may lead to."

    def test_no_list_lets_every_host_pass(self, make_settings: MakeSettings) -> None:
        settings = make_settings(qr_destination_host_allowlist="")
        assert clean_destination("https://evil.example/", settings)
