"""What is made of a line's headers and address."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import (
    make_line,
    only_row,
)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-CH,de;q=0.9", "de-CH"),
        ("en;q=0.5", "en"),
        ("*", None),
        ("", None),
        (" fr , en", "fr"),
        ("x" * 64, "x" * 35),
    ],
)
def test_language_is_the_first_one(
    engine: Engine, ingest: Ingest, header: str, language: str | None
) -> None:
    ingest(make_line(language=header))

    assert only_row(engine).language == language


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://WWW.Example.org:8443/x?y#z", "www.example.org"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("not an address", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_referrer_is_kept_as_its_host(
    engine: Engine, ingest: Ingest, referrer: str, host: str | None
) -> None:
    ingest(make_line(referrer=referrer))

    assert only_row(engine).referrer_host == host


@pytest.mark.parametrize(
    ("store", "address", "kept"),
    [
        ("none", "81.2.69.142", None),
        ("truncated", "81.2.69.142", "81.2.69.0"),
        ("truncated", "2a02:1210:4a11:2200::17", "2a02:1210:4a11::"),
        ("truncated", "::ffff:81.2.69.142", "81.2.69.0"),
        ("truncated", "", None),
        ("full", "81.2.69.142", "81.2.69.142"),
        ("full", "2a02:1210:4a11:2200::17", "2a02:1210:4a11:2200::17"),
        ("full", "", None),
    ],
)
def test_address_is_kept_as_the_setting_says(
    make_settings: Callable[..., Settings],
    engine: Engine,
    store: str,
    address: str,
    kept: str | None,
) -> None:
    settings = make_settings(privacy_store_ip=store)
    make_ingestion(settings, engine, Bus()).ingest_scans(make_line(address=address))

    assert only_row(engine).ip == kept


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("8.8.8.8", "US"),
        ("2001:4860:4860::8888", "US"),
        ("81.2.69.142", "GB"),
        ("127.0.0.1", None),
        ("10.1.2.3", None),
        ("::1", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_country_is_known_or_unknown(
    engine: Engine, ingest: Ingest, address: str, country: str | None
) -> None:
    ingest(make_line(address=address))

    assert only_row(engine).country == country
