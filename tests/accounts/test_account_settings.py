import pytest

from pitchbar.accounts.settings import AccountSettings
from pitchbar.settings import SettingsError
from tests.conftest import MakeSettings


def test_google_is_off_unless_set(make_settings: MakeSettings) -> None:
    settings = make_settings()
    assert not settings[AccountSettings].has_google
    assert settings[AccountSettings].google_server_metadata_url.startswith(
        "https://accounts.google.com/"
    )
    both = make_settings(google_client_id="a", google_client_secret="b")
    assert both[AccountSettings].has_google


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"google_client_id": "a"}, "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together"),
        ({"google_client_secret": "b"}, "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong"),
        ({"google_server_metadata_url": "http://a.example/x"}, "GOOGLE_SERVER_METADATA_URL"),
        ({"google_server_metadata_url": "http://127.0.0.1.a.example/"}, "must start with https://"),
        ({"ratelimit_two_factor": "often"}, "RATELIMIT_TWO_FACTOR is not usable"),
        ({"ratelimit_reset": "5"}, "RATELIMIT_RESET is not usable"),
        ({"password_reset_minutes": "0"}, "PASSWORD_RESET_MINUTES is not usable"),
        ({"session_days": "x"}, "SESSION_DAYS is not usable"),
    ],
)
def test_wrong_value_stops_the_start_with_its_name(
    make_settings: MakeSettings, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        make_settings(**values)
