"""Rules in several edge processes at once, which know of each other by Redis alone."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.core.assets import ROOT
from pitchbar.core.bus import Bus
from pitchbar.settings import Settings
from tests.rules.factories import ELSEWHERE, make_rules
from tests.support.factories import make_code, make_workspace
from tests.support.servers import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1"
HALVES = {
    "split": [{"destination_url": f"{ELSEWHERE}/{name}", "weight": 1} for name in "ab"],
    "conditions": [{"kind": "visitor", "seen": "again"}],
}


@pytest.fixture
def code(app: Flask) -> Code:
    return make_code(make_workspace(), short_code="menu")


@pytest.fixture
def ports(settings: Settings, code: Code, redis_url: str, tmp_path: Path) -> Iterator[list[int]]:
    """Where two edges listen, each a server of its own."""
    environ = {
        "APP_ENV": "preview",
        "APP_KEY": settings.app_key,
        "APP_URL": settings.app_url,
        "DATA_DIR": str(settings.data_dir),
        "REDIS_URL": redis_url,
        "RATELIMIT_ENABLED": "false",
        "WEB_CONCURRENCY": "1",
    }
    ports, processes = [free_port(), free_port()], []
    with (tmp_path / "log").open("ab") as log:
        for port in ports:
            processes.append(
                subprocess.Popen(
                    [str(Path(sys.executable).parent / "pitchbar"), "edge"],
                    cwd=ROOT,
                    env={**os.environ, **environ, "PORT": str(port)},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    for port in ports:
        wait_until(partial(find_location, port, "nobody"), 30)
    yield ports
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def find_location(port: int, visitor: str) -> str | None:
    """Where that visitor is led; None where nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/t/menu", headers={"User-Agent": f"{AGENT} {visitor}"})
        return connection.getresponse().headers["Location"]
    except OSError:
        return None
    finally:
        connection.close()


def is_led_elsewhere(port: int) -> bool:
    return (find_location(port, "probe") or "").startswith(ELSEWHERE)


def test_processes_lead_a_visitor_alike_and_know_whom_the_others_saw(
    ports: list[int], code: Code, redis_url: str
) -> None:
    one, other = ports
    home = code.destination_url
    assert find_location(one, "first") == find_location(other, "first") == home
    make_rules(code, HALVES)
    bus = Bus()
    bus.connect(redis_url)
    bus.publish("codes", {"short_code": "menu"})
    for port in ports:
        # Two seconds are promised, with a bus or without.
        wait_until(partial(is_led_elsewhere, port), 3)

    visitors = [f"visitor {number}" for number in range(30)]
    assert {find_location(one, each) for each in visitors} == {home}
    led = [find_location(other, each) for each in visitors]
    assert set(led) == {f"{ELSEWHERE}/a", f"{ELSEWHERE}/b"}
    assert [find_location(one, each) for each in visitors] == led
