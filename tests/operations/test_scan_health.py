"""What operators hear of scans that are not stored yet, and of a Redis that may forget."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from flask import Flask

from pitchbar.extensions import db
from pitchbar.operations.alarms import raise_spool_alarm
from pitchbar.scans import spool_figures
from pitchbar.scans.deliveries import Deliveries
from pitchbar.scans.inbox import DirectInbox
from pitchbar.scans.spool import Spool
from pitchbar.scans.spool_figures import SpoolReporter, list_spools
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_person
from tests.support.servers import RedisServer

CAREFUL = {"appendonly": "yes", "maxmemory-policy": "noeviction"}


@pytest.fixture(autouse=True)
def _no_spool_of_another_test() -> Iterator[None]:
    spool_figures._here.clear()
    yield
    spool_figures._here.clear()


class Waiting:
    """This process's spool, in a folder or on a disk that refuses everything."""

    def __init__(self, folder: Path, overflow_bytes: int = 100) -> None:
        self.spool = Spool(folder, overflow_bytes=overflow_bytes)
        inbox = DirectInbox(lambda lines: 0)
        deliveries = Deliveries(self.spool, inbox, lambda lines: set())
        self.reporter = SpoolReporter(self.spool, deliveries)
        spool_figures.add_local(self.reporter.read)


@pytest.fixture
def refused(tmp_path: Path) -> Waiting:
    (tmp_path / "file").touch()
    return Waiting(tmp_path / "file")


def see(client: FormClient, address: str) -> str:
    return " ".join(client.get(address).text.split())


def test_ready_tells_of_lines_in_memory_and_stays_ready(
    client: FormClient, refused: Waiting
) -> None:
    assert client.get("/up/ready").get_json() == {"status": "ok", "database": "ok", "spool": "ok"}
    refused.spool.append(b"[1]\n")
    answer = client.get("/up/ready")
    assert (answer.status_code, answer.get_json()["spool"]) == (200, "in memory")


def test_ready_is_no_more_when_scans_cannot_be_kept_at_all(
    client: FormClient, refused: Waiting
) -> None:
    for _ in range(30):
        refused.spool.append(b"[1]\n")
    answer = client.get("/up/ready")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "unavailable", "database": "ok", "spool": "full"}


@pytest.mark.settings(spool_wait_alert=1)
def test_ready_tells_of_scans_that_wait_too_long(
    client: FormClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Waiting(tmp_path / "spool")
    waiting.spool.append(b"[1]\n")
    assert client.get("/up/ready").get_json()["spool"] == "ok"
    later = time.time() + 5
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get("/up/ready").get_json()["spool"] == "waiting"


def test_metrics_have_age_size_memory_and_refusals(client: FormClient, refused: Waiting) -> None:
    for _ in range(30):
        refused.spool.append(b"[1]\n")
    told = client.get("/metrics").text
    process = refused.reporter.read().process
    for name, value in (
        ("held_lines", 25),
        ("held_bytes", 100),
        ("refused_total", 30),
        ("dropped_total", 5),
        ("files", 0),
        ("file_bytes", 0),
    ):
        assert f'pitchbar_spool_{name}{{process="{process}"}} {value}.0' in told
    assert "pitchbar_spool_wait_seconds" in told


@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_operators_get_a_message_once_an_hour(client: FormClient, refused: Waiting) -> None:
    assert not raise_spool_alarm()
    refused.spool.append(b"[1]\n")
    assert raise_spool_alarm()
    db.session.commit()
    assert not raise_spool_alarm()
    assert "Accepted scans wait to be stored" in client.get("/dev/mail").text


def test_operators_see_it_on_their_pages(
    client: FormClient, people: People, refused: Waiting
) -> None:
    sign_in(client, people.owner)
    words = "1 are in memory alone, as the disk of SPOOL_DIR refuses them."
    assert words not in see(client, "/ops/queues")
    refused.spool.append(b"[1]\n")
    for address in ("/ops/queues", f"/w/{people.workspace.slug}/"):
        assert words in see(client, address)


OPERATOR = "ops@pitchbar.example"
TOKEN = "scrape-4Jq8vN2xLk7PzT0aWm"


class TestWithRedis:
    @pytest.fixture(params=[{}, CAREFUL], ids=["careless", "careful"])
    def server(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer]:
        server = RedisServer(tmp_path, request.param)
        server.start()
        yield server
        server.kill()

    @pytest.fixture
    def settings(self, make_settings: MakeSettings, server: RedisServer) -> Settings:
        # With Redis it is no development, so nobody looks in without being let in.
        return make_settings(
            redis_url=server.url, ops_email_allowlist=OPERATOR, metrics_token=TOKEN
        )

    @pytest.mark.parametrize("server", [{}], indirect=True)
    def test_redis_that_keeps_nothing_is_told(
        self, client: FormClient, server: RedisServer
    ) -> None:
        with redis.Redis.from_url(server.url) as connection:
            connection.config_set("maxmemory-policy", "allkeys-lru")
        answer = client.get("/up/ready")
        assert (answer.status_code, answer.get_json()["redis"]) == (200, "at risk")
        assert "appendonly" in answer.get_json()["notes"][0]
        assert "allkeys-lru" in answer.get_json()["notes"][1]
        sign_in(client, make_person(email=OPERATOR))
        assert "set appendonly to yes" in see(client, "/ops/queues")

    @pytest.mark.parametrize("server", [CAREFUL], indirect=True)
    def test_redis_that_keeps_what_it_has_is_fine(self, client: FormClient, app: Flask) -> None:
        answer = client.get("/up/ready").get_json()
        assert answer == {"status": "ok", "database": "ok", "spool": "ok", "redis": "ok"}
        assert "pitchbar_redis_up 1.0" in client.get("/metrics", headers=bearer(TOKEN)).text

    @pytest.mark.parametrize("server", [CAREFUL], indirect=True)
    def test_frozen_redis_is_told_soon_and_still_ready(
        self, client: FormClient, server: RedisServer
    ) -> None:
        os.kill(server.pid, signal.SIGSTOP)
        started = time.monotonic()
        answer = client.get("/up/ready")
        assert (answer.status_code, answer.get_json()["redis"]) == (200, "down")
        assert time.monotonic() - started < 1

    @pytest.mark.parametrize("server", [CAREFUL], indirect=True)
    def test_spools_of_other_processes_are_heard_of_while_they_live(
        self, client: FormClient, server: RedisServer, refused: Waiting
    ) -> None:
        with redis.Redis.from_url(server.url) as connection:
            elsewhere: dict[str, Any] = orjson.loads(orjson.dumps(refused.reporter.read())) | {
                "process": "edge-2/7",
                "held_bytes": 9,
                "held_lines": 3,
            }
            connection.hset("pitchbar:spools", "edge-2/7", orjson.dumps(elsewhere))
            connection.hset("pitchbar:spools", "of another release", b'{"other": 1}')
            gone = elsewhere | {"process": "edge-3/7", "told_at": time.time() - 60}
            connection.hset("pitchbar:spools", "edge-3/7", orjson.dumps(gone))

            assert {one.process for one in list_spools(connection)} == {
                "edge-2/7",
                refused.reporter.read().process,
            }
        assert client.get("/up/ready").get_json()["spool"] == "in memory"
        assert (
            'held_lines{process="edge-2/7"} 3.0'
            in client.get("/metrics", headers=bearer(TOKEN)).text
        )

    @pytest.mark.parametrize("server", [CAREFUL], indirect=True)
    def test_shipper_tells_its_figures(self, server: RedisServer, tmp_path: Path) -> None:
        with redis.Redis.from_url(server.url) as connection:
            spool = Spool(tmp_path / "spool")
            deliveries = Deliveries(spool, DirectInbox(lambda lines: 0), lambda lines: set())
            SpoolReporter(spool, deliveries, connection).tell()
            assert len(list_spools(connection)) == 1
