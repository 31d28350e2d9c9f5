"""The tables in ClickHouse, made and brought up to date by whoever writes there first.

A row that is written twice is one row: both tables replace by their whole key, of which the id is
the end, and every question is asked of what is left of them (`FINAL`), which costs nothing where
parts are merged. What PostgreSQL keeps as NULL is empty or 0 here. Addresses are not carried over.
"""

from pitchbar.clients.scan_store import ScanStore
from pitchbar.core.utm import UTM_COLUMNS

# Columns of both tables, by what their values are. A conversion has those of its scan.
WORDS = (
    "country",
    "region",
    "city",
    "device",
    "os",
    "browser",
    "language",
    "referrer_host",
    *UTM_COLUMNS,
    "campaign",
    "robot_reason",
)
IDS = ("rule_id", "domain_id")

_WORD_COLUMNS = ", ".join(f"{name} LowCardinality(String)" for name in WORDS)
_ID_COLUMNS = ", ".join(f"{name} Int64" for name in IDS)
_TIME = "DateTime64(6, 'UTC')"

_SCANS = f"""
CREATE TABLE IF NOT EXISTS scans (
    workspace_id Int64, code_id Int64, scanned_at {_TIME} CODEC(DoubleDelta, LZ4), id UUID,
    visitor UUID, variant Int16, {_ID_COLUMNS}, {_WORD_COLUMNS},
    written UInt64
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(scanned_at)
ORDER BY (workspace_id, toDate(scanned_at), code_id, id)
"""
_CONVERSIONS = f"""
CREATE TABLE IF NOT EXISTS conversions (
    workspace_id Int64, code_id Int64, occurred_at {_TIME}, id UUID,
    scan_id UUID, scanned_at {_TIME}, visitor UUID,
    currency LowCardinality(String), value_minor Int64, variant Int16,
    {_ID_COLUMNS}, {_WORD_COLUMNS},
    written UInt64
) ENGINE = ReplacingMergeTree(written)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace_id, toDate(occurred_at), code_id, id)
"""
_VERSIONS = """
CREATE TABLE IF NOT EXISTS pitchbar_schema (version UInt32) ENGINE = MergeTree ORDER BY version
"""

# A month that nothing came to for an hour becomes one part: then what is left of twice written
# rows is known, and no question has to find it out anew. One that is running is let be.
_MERGED = """
ALTER TABLE {table} MODIFY SETTING
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1
"""

# Each step once and in this order; a step may run twice, as two workers may begin at once. Another
# one is added at the end, never changed.
STEPS: tuple[tuple[str, ...], ...] = (
    (_SCANS, _CONVERSIONS),
    (_MERGED.format(table="scans"), _MERGED.format(table="conversions")),
)


def upgrade_schema(store: ScanStore) -> int:
    """Makes what is missing; returns how many steps that were.

    Raises:
        ScanStoreUnavailable
    """
    store.make_database()
    store.command(_VERSIONS)
    reached = int(store.query("SELECT max(version) FROM pitchbar_schema")[0][0])
    for version, statements in enumerate(STEPS[reached:], reached + 1):
        for statement in statements:
            store.command(statement)
        store.insert("pitchbar_schema", ["version"], [[version]])
    return max(0, len(STEPS) - reached)
