"""What people type where the name of a domain is asked for."""

import pytest

from pitchbar.domains.errors import InvalidHost
from pitchbar.domains.models import Domain
from pitchbar.domains.names import clean_host
from pitchbar.settings import Settings
from tests.conftest import MakeSettings


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("go.brand.example", "go.brand.example"),
        ("  GO.Brand.Example.  ", "go.brand.example"),
        ("https://go.brand.example/menu?a=b#c", "go.brand.example"),
        ("http:/go.brand.example", "go.brand.example"),
        ("//go.brand.example/", "go.brand.example"),
        ("go.brand.example:8443/menu", "go.brand.example"),
        ("https://me@go.brand.example", "go.brand.example"),
        ("go.brand.example\\menu", "go.brand.example"),
        ("go.\u200bbrand.example", "go.brand.example"),
        ("go.bücher.example", "go.xn--bcher-kva.example"),
        ("go.BÜCHER.example", "go.xn--bcher-kva.example"),
        ("go。brand。example", "go.brand.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("brand.co", "brand.co"),
    ],
)
def test_name_is_taken_as_it_is_meant(settings: Settings, typed: str, host: str) -> None:
    assert clean_host(typed, settings) == host


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the name"),
        ("https://", "Enter the name"),
        ("brand", "ending is missing"),
        ("*.brand.example", "wildcard"),
        ("192.0.2.1", "IP address"),
        ("192.0.2.1:80", "IP address"),
        ("[2001:db8::1]", "IP address"),
        ("2001:db8::1", "IP address"),
        ("1.2.3", "IP address"),
        ("go.0x7f", "IP address"),
        ("go_to.brand.example", "underscore"),
        ("go brand.example", "no spaces"),
        ("-go.brand.example", "no name"),
        ("go..brand.example", "no name"),
        ("go!.example", "no name"),
        ("a" * 64 + ".example", "no name"),
        (".".join(["a" * 60] * 4) + ".example", "too long"),
        ("pitchbar.test", "Pitchbar itself"),
        ("go.pitchbar.test", "Pitchbar itself"),
        ("HTTPS://Pitchbar.Test/t/menu", "Pitchbar itself"),
    ],
)
def test_what_cannot_be_a_domain_is_said_at_its_field(
    settings: Settings, typed: str, said: str
) -> None:
    with pytest.raises(InvalidHost) as caught:
        clean_host(typed, settings)
    assert said in caught.value.fields["host"]


def test_what_stands_above_or_beside_our_own_host_is_ours(make_settings: MakeSettings) -> None:
    settings = make_settings(
        app_env="production", app_url="https://app.pitchbar.example", edge_hosts="qr.link.example"
    )
    for typed in ("pitchbar.example", "qr.link.example", "link.example", "a.app.pitchbar.example"):
        with pytest.raises(InvalidHost, match="Pitchbar itself"):
            clean_host(typed, settings)
    assert clean_host("go.pitchbar.example", settings) == "go.pitchbar.example"


@pytest.mark.parametrize("typed", ["go.brand.local", "go.brand.internal", "printer.lan"])
def test_names_that_the_public_dns_does_not_know_are_for_development(
    make_settings: MakeSettings, typed: str
) -> None:
    public = make_settings(app_env="production", app_url="https://pitchbar.example")
    with pytest.raises(InvalidHost, match="public DNS"):
        clean_host(typed, public)
    assert clean_host(typed, make_settings()) == typed


def test_name_is_shown_with_the_letters_of_its_script() -> None:
    assert Domain(host="go.xn--bcher-kva.example").name == "go.bücher.example"
    assert Domain(host="xn--9.example").name == "xn--9.example"
