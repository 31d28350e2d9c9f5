"""The scans that the bench of boards makes in ClickHouse: as many as it says, none twice."""

import pytest
from flask import Flask

from bench.columnar_world import fill_clickhouse
from pitchbar.clients.scan_store import ScanStore
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support.clickhouse import ClickHouse
from tests.support.factories import make_code, make_workspace


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(clickhouse_url=clickhouse.new_url(), clickhouse_timeout=30)


def test_copies_are_scans_and_people_of_their_own(app: Flask, store: ScanStore) -> None:
    code = make_code(make_workspace())
    fill_clickhouse(store, code.workspace_id, code.id, 600, most_made=200)
    made, every = (
        store.query(
            "SELECT count(), uniqExact(id), uniqExact(visitor), uniqExact(country) "
            f"FROM scans FINAL WHERE {condition}"
        )[0]
        for condition in ("written = 1", "1")
    )
    assert made[:2] == (200, 200)
    assert every == (600, 600, 3 * made[2], made[3])
    parts = store.query(
        "SELECT partition, count() FROM system.parts WHERE active AND table = 'scans' "
        "AND database = currentDatabase() GROUP BY partition ORDER BY partition"
    )
    assert {count for _, count in parts[:-1]} == {1}
