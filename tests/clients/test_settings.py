from pathlib import Path

import pytest

from pitchbar.clients.settings import OutboundSettings
from pitchbar.settings import SettingsError, load_settings

OUTSIDE = {"APP_KEY": "a key for tests only, long enough to be one"}


def test_pairs_are_read(tmp_path: Path) -> None:
    environ = {
        "OUTBOUND_ALLOW": "127.0.0.1:9000, [::1]:80,Receiver:8080",
        "DATA_DIR": str(tmp_path),
    }
    allowed = load_settings(environ)[OutboundSettings].allowed
    assert allowed == {"127.0.0.1:9000", "[::1]:80", "receiver:8080"}


@pytest.mark.parametrize(
    "value",
    ["127.0.0.1", "127.0.0.1:0", "a:70000", "http://a:80", "::1:80", "*:80", "a b:80", ":80"],
)
def test_what_is_no_pair_stops_the_start(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^OUTBOUND_ALLOW is not usable: must be pairs"):
        load_settings({"OUTBOUND_ALLOW": value, **OUTSIDE})


def test_production_does_not_start_with_it() -> None:
    environ = {**OUTSIDE, "APP_ENV": "production"}
    load_settings(environ)
    with pytest.raises(SettingsError, match=r"^OUTBOUND_ALLOW is for development and tests only"):
        load_settings({**environ, "OUTBOUND_ALLOW": "127.0.0.1:9000"})
