"""The open doors of development lead to nobody but who sits at the machine."""

import os
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from pitchbar.cli import main
from pitchbar.core.assets import ROOT
from pitchbar.core.hosts import is_public
from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD, close_demo, make_demo
from pitchbar.errors import DomainError
from pitchbar.serve import prepare
from pitchbar.settings import SettingsError, load_settings
from tests.conftest import MakeSettings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_person

KEY = "a key for tests only, long enough to be one"
DOORS = ["/ops/queues", "/ops/queues/jobs", "/dev/mail", "/metrics"]


@pytest.mark.parametrize(
    "forgotten",
    [
        {"APP_URL": "https://qr.example.com"},
        {"APP_URL": "http://8.8.8.8:8000"},
        {"APP_URL": "http://[2001:4860:4860::8888]"},
        {"APP_URL": "http://134744072"},
        {"APP_URL": "https://localhost.example.com"},
        {"APP_URL": "https://qr.example.com."},
        {"DATABASE_URL": "postgres://u:p@localhost/pitchbar"},
        {"REDIS_URL": "redis://localhost:6379"},
        {"REDIS_URL": "unix:///run/redis.sock"},
    ],
)
@pytest.mark.parametrize("chosen", [{}, {"APP_ENV": "development"}, {"APP_ENV": ""}])
def test_a_forgotten_environment_stops_the_start_and_is_named(
    forgotten: dict[str, str], chosen: dict[str, str]
) -> None:
    name = next(iter(forgotten))
    with pytest.raises(SettingsError, match=rf"^APP_ENV .*{name}.* Set APP_ENV=production"):
        load_settings({"APP_KEY": KEY, **forgotten, **chosen})
    outside = {"APP_KEY": KEY, **forgotten, "APP_ENV": "production"}
    assert load_settings(outside).app_env == "production"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://192.168.1.20:8000",
        "http://10.0.0.7",
        "http://[fd00::7]:8000",
        "http://my-laptop.local:8000",
        "http://pitchbar.test",
        "http://pitchbar.localhost:8000",
        "http://web:8000",
    ],
)
def test_development_goes_on_at_home(url: str) -> None:
    assert load_settings({"APP_KEY": KEY, "APP_URL": url}).is_development


def test_names_that_only_look_private_are_public() -> None:
    assert is_public("local.example.org")
    assert is_public("mylocal") is False
    assert is_public("notlocalhost.com")
    assert is_public("0x08080808")


def test_the_program_says_it_in_one_sentence() -> None:
    environ = {"APP_URL": "https://qr.example.com", "APP_KEY": KEY}
    result = CliRunner(env=environ).invoke(main, ["serve"])
    assert result.exit_code == 1
    assert "APP_ENV is not set, which means development, but APP_URL" in result.output
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--check-config"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.startswith("Error: APP_ENV is not set")


@pytest.mark.parametrize(
    ("environ", "hosts"),
    [
        ({}, {"127.0.0.1", "[::1]"}),
        ({"HOST": "0.0.0.0"}, {"0.0.0.0"}),
        ({"HOST": "::"}, {"[::]"}),
        ({"HOST": "[::1]"}, {"[::1]"}),
        ({"HOST": "127.0.0.1, 192.168.1.20"}, {"127.0.0.1", "192.168.1.20"}),
        ({"APP_ENV": "production"}, {"0.0.0.0"}),
    ],
)
def test_development_listens_on_this_machine(environ: dict[str, str], hosts: set[str]) -> None:
    listening = load_settings({"APP_KEY": KEY, **environ}).listening_hosts()
    # A machine without IPv6 has no ::1.
    assert set(listening) in (hosts, hosts - {"[::1]"})


@pytest.mark.parametrize("door", DOORS)
def test_at_this_machine_the_doors_are_open(client: FormClient, door: str) -> None:
    assert client.get(door).status_code == 200
    local = {"base_url": "http://localhost:8000", "environ_base": {"REMOTE_ADDR": "::1"}}
    assert client.get(door, **local).status_code == 200


STRANGERS: list[dict[str, Any]] = [
    {"environ_base": {"REMOTE_ADDR": "192.168.1.30"}},
    {"environ_base": {"REMOTE_ADDR": "::ffff:192.168.1.30"}},
    {"environ_base": {"REMOTE_ADDR": ""}},
    {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    {"headers": {"Forwarded": "for=127.0.0.1"}},
    {"headers": {"X-Forwarded-Proto": "https"}},
    {"headers": {"Via": "1.1 tunnel"}},
    # A page whose name somebody else has pointed at this machine.
    {"base_url": "http://rebound.example.com:8000"},
    {"base_url": "http://localhost.example.com"},
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_whoever_comes_from_elsewhere_sees_no_door(
    client: FormClient, door: str, stranger: dict[str, Any]
) -> None:
    assert client.get(door, **stranger).status_code == 404


@pytest.mark.settings(trusted_proxies=1)
@pytest.mark.parametrize("door", DOORS)
def test_a_forged_loopback_behind_a_proxy_opens_nothing(client: FormClient, door: str) -> None:
    forged = {"X-Forwarded-For": "127.0.0.1"}
    elsewhere = {"REMOTE_ADDR": "10.0.0.1"}
    assert client.get(door, headers=forged).status_code == 404
    assert client.get(door, headers=forged, environ_base=elsewhere).status_code == 404


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
@pytest.mark.parametrize("door", DOORS)
def test_an_operator_may_come_from_elsewhere(client: FormClient, door: str) -> None:
    client.environ_base["REMOTE_ADDR"] = "192.168.1.30"
    sign_in(client, make_person())
    assert client.get(door).status_code == 404
    sign_in(client, make_person(email="ops@pitchbar.example"))
    assert client.get(door).status_code == 200


@pytest.mark.settings(app_env="production")
def test_outside_development_there_is_no_demo(client: FormClient) -> None:
    with pytest.raises(DomainError, match="in development only"):
        make_demo()
    form = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
    assert client.submit("/login", form).status_code == 422


@pytest.mark.parametrize("arguments", [["seed"], ["serve", "--demo"]])
def test_the_commands_refuse_the_demo(arguments: list[str], make_settings: MakeSettings) -> None:
    settings = make_settings()
    environ = {
        "APP_ENV": "production",
        "APP_KEY": KEY,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
    }
    result = CliRunner(env=environ).invoke(main, arguments)
    assert result.exit_code == 1
    assert "in development only" in result.output


def test_a_demo_from_development_is_closed_when_it_goes_public(
    client: FormClient, make_settings: MakeSettings
) -> None:
    make_demo()
    form = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD}
    assert client.submit("/login", form).status_code == 303
    assert client.get("/account").status_code == 200
    prepare(make_settings(app_env="production"), demo=False)
    assert client.get("/account").status_code == 302
    assert client.submit("/login", form).status_code == 422
    assert not close_demo()
