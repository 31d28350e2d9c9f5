import pytest

from pitchbar.core.devices import read_device

_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15"
_MOBILE = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name", "kind"),
    [
        (f"(Windows NT 10.0; Win64; x64) {_CHROME}", "Chrome on Windows", "desktop"),
        (f"(Macintosh; Intel Mac OS X 10_15_7) {_SAFARI}", "Safari on macOS", "desktop"),
        ("(X11; Linux x86_64; rv:139.0) Gecko Firefox/139.0", "Firefox on Linux", "desktop"),
        (f"(iPhone; CPU iPhone OS 18_5 like Mac OS X) {_MOBILE}", "Safari on iPhone", "phone"),
        (f"(iPad; CPU OS 17_6 like Mac OS X) {_MOBILE}", "Safari on iPad", "tablet"),
        (f"(Linux; Android 15; Pixel 9) {_CHROME} Mobile", "Chrome on Android", "phone"),
        (f"(Linux; Android 14; SM-X910) {_CHROME}", "Chrome on Android", "tablet"),
        ("curl/8.1", "curl", None),
        ("", "Unknown device", None),
        ("\x00<script>", "Unknown device", None),
    ],
)
def test_device_is_named_as_its_owner_would(agent: str, name: str, kind: str | None) -> None:
    agent = f"Mozilla/5.0 {agent}" if agent.startswith("(") else agent
    device = read_device(agent)
    assert (device.name, device.kind) == (name, kind)
