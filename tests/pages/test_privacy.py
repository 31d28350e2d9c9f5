"""The privacy page says what the settings make true."""

import pytest

from tests.support.browsing import FormClient

KEPT = {
    "none": "of the network address itself, nothing",
    "truncated": "the network address without its end",
    "full": "the whole network address",
}


def words(client: FormClient) -> str:
    return " ".join(client.get("/privacy").text.split())


@pytest.mark.parametrize(
    "kept",
    [pytest.param(one, marks=pytest.mark.settings(privacy_store_ip=one)) for one in KEPT],
)
def test_page_says_how_much_of_an_address_is_kept(client: FormClient, kept: str) -> None:
    page = words(client)
    assert [one for one, sentence in KEPT.items() if f"<li>{sentence}" in page] == [kept]


@pytest.mark.settings(audit_retention_days=30, session_days=9)
def test_page_names_the_times_of_this_installation(client: FormClient) -> None:
    page = words(client)
    assert "for 30 days.</li>" in page
    assert "unused ones end after 9 days" in page
    assert "destroyed 48 hours after" in page


@pytest.mark.settings(audit_retention_days=0)
def test_page_says_when_the_audit_log_is_kept_for_ever(client: FormClient) -> None:
    assert "for as long as the workspace is there" in words(client)


@pytest.mark.settings(google_client_id="id", google_client_secret="secret")
def test_page_names_google_where_it_is_used(client: FormClient) -> None:
    assert "what Google calls you" in words(client)


def test_page_is_silent_about_google_otherwise(client: FormClient) -> None:
    assert "Google" not in words(client)
