"""Tables of ClickHouse that an earlier release has made are brought up to date."""

import pytest
from flask import Flask

from pitchbar.analytics.columnar import schema
from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.settings import Settings, current_settings
from tests.conftest import MakeSettings
from tests.support.clickhouse import ClickHouse


@pytest.fixture
def settings(make_settings: MakeSettings, clickhouse: ClickHouse) -> Settings:
    return make_settings(clickhouse_url=clickhouse.new_url())


def test_tables_of_before_learn_to_merge_months_that_are_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = connect_store(current_settings())
    with monkeypatch.context() as before:
        before.setattr(schema, "STEPS", schema.STEPS[:1])
        assert schema.upgrade_schema(store) == 1
    store.command("INSERT INTO scans (workspace_id, code_id) VALUES (1, 2)")
    assert schema.upgrade_schema(store) == len(schema.STEPS) - 1
    assert schema.upgrade_schema(store) == 0
    told = store.query(
        "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() "
        "AND engine = 'ReplacingMergeTree' ORDER BY name"
    )
    assert len(told) == 2
    for (made,) in told:
        assert "min_age_to_force_merge_seconds = 3600" in made
        assert "min_age_to_force_merge_on_partition_only = 1" in made
    assert store.query("SELECT code_id FROM scans FINAL") == [(2,)]
