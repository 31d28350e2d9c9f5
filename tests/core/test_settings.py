"""Settings: what fits is taken, what does not stops the start and names the variable."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from pitchbar.codes.settings import CodeSettings
from pitchbar.core.limits import parse_rate
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import Settings, SettingsError, load_settings

KEY = {"APP_KEY": "a key"}
OUTSIDE = {"APP_ENV": "production", "APP_KEY": "a key for tests only, long enough to be one"}


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/pitchbar.db"
    assert settings[ScanSettings].spool_dir == tmp_path / "spool"
    assert settings[ScanSettings].ratelimit_redirect == "600/minute"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENV", "prod"),
        ("APP_URL", "pitchbar.example"),
        ("APP_URL", "https://pitchbar.example/app"),
        ("APP_URL", "https://user@pitchbar.example"),
        ("APP_URL", "ftp://pitchbar.example"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("DATABASE_URL", "mysql://localhost/pitchbar"),
        ("REDIS_URL", "http://localhost:6379"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "yes"),
        ("LOG_LEVEL", "LOUD"),
        ("PRIVACY_STORE_IP", "some"),
        ("ROBOT_REPEAT_SECONDS", "-1"),
        ("RESOLVER_MAX_STALE_SECONDS", "soon"),
        ("LIVE_MAX_SOCKETS", "-1"),
        ("RATELIMIT_ENABLED", "perhaps"),
        ("RATELIMIT_REDIRECT", "fast"),
        ("RATELIMIT_REDIRECT", "0/minute"),
        ("RATELIMIT_REDIRECT", "5/fortnight"),
        ("RATELIMIT_LOGIN", "5"),
        ("RATELIMIT_SIGNUP", "/hour"),
        ("RATELIMIT_API", "120 minutes"),
    ],
)
def test_malformed_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} is not usable: .+\.$"):
        load_settings({**KEY, name: value})


def test_unknown_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="app_kye"):
        Settings.model_validate({"app_kye": "a typing error"})


def test_empty_value_is_the_default() -> None:
    assert load_settings({**KEY, "PORT": "", "REDIS_URL": ""}).port == 8000


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    assert load_settings({"APP_KEY_FILE": str(tmp_path / "key")}).app_key == "from a file"


def test_variable_wins_over_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file")
    environ = {"APP_KEY": "itself", "APP_KEY_FILE": str(tmp_path / "key")}
    assert load_settings(environ).app_key == "itself"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^APP_KEY_FILE cannot be read: No such file"):
        load_settings({"APP_KEY_FILE": str(tmp_path / "nothing")})


def test_malformed_value_in_a_file_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("mysql://somewhere")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL is not usable"):
        load_settings({**KEY, "DATABASE_URL_FILE": str(tmp_path / "url")})


@pytest.mark.parametrize("environment", ["preview", "staging", "production"])
def test_outside_development_a_missing_key_stops_the_start(
    environment: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=f"^APP_KEY is missing: APP_ENV={environment}"):
        load_settings({"APP_ENV": environment, "DATA_DIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_development_makes_a_key_and_keeps_it(tmp_path: Path) -> None:
    first = load_settings({"DATA_DIR": str(tmp_path)}).app_key
    again = load_settings({"DATA_DIR": str(tmp_path)}).app_key
    assert len(first) > 40
    assert first == again
    assert stat.S_IMODE((tmp_path / "app_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_our_driver(scheme: str) -> None:
    url = f"{scheme}://u:p@db.example/pitchbar"
    settings = load_settings({**OUTSIDE, "DATABASE_URL": url})
    assert settings.database_url == "postgresql+psycopg://u:p@db.example/pitchbar"


def test_address_loses_its_slash_and_tells_its_host() -> None:
    settings = load_settings({**OUTSIDE, "APP_URL": "https://Pitchbar.example:8443/"})
    assert settings.app_url == "https://Pitchbar.example:8443"
    assert settings.own_host == "pitchbar.example"
    assert settings.uses_tls


def test_list_of_hosts_is_split() -> None:
    settings = load_settings({**KEY, "QR_DESTINATION_HOST_ALLOWLIST": " A.example, ,b.example"})
    assert settings[CodeSettings].qr_destination_host_allowlist == ("a.example", "b.example")


def test_spool_may_lie_elsewhere(tmp_path: Path) -> None:
    environ = {**KEY, "DATA_DIR": str(tmp_path), "SPOOL_DIR": "/mnt/disk/spool"}
    assert load_settings(environ)[ScanSettings].spool_dir == Path("/mnt/disk/spool")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_settings(KEY).port = 1  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("120/minute", (120, 60)),
        (" 5 per hour ", (5, 3600)),
        ("1/second", (1, 1)),
        ("9/day", (9, 86400)),
    ],
)
def test_rate_is_read(text: str, rate: tuple[int, int]) -> None:
    assert parse_rate(text) == rate
