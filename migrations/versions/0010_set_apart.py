"""repeats, own scans and those over the limit beside the robots, and networks of visitors"""

from collections import Counter
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'

_FIGURES = ('repeats', 'own', 'over_limit')
_ROLLUPS = (('scan_hours', 'hour_at', sa.DateTime(timezone=True)), ('scan_days', 'day', sa.Date()))
_WHOLE_WORKSPACE = 0


def upgrade() -> None:
    for table, _, _ in _ROLLUPS:
        for name in _FIGURES:
            # With a default: processes of the release before name none of them.
            op.add_column(table, sa.Column(
                name, sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
                server_default='0', nullable=False))
    op.add_column('scan_visitors', sa.Column('network', sa.String(length=16), nullable=True))
    op.create_index('ix_scan_visitors_network', 'scan_visitors', ['network'], unique=False,
        sqlite_where=sa.text('network IS NOT NULL'), postgresql_where=sa.text('network IS NOT NULL'))
    _count_repeats_of_the_past()


def downgrade() -> None:
    op.drop_index('ix_scan_visitors_network', table_name='scan_visitors')
    # Not in a batch, which would make the tables anew.
    op.drop_column('scan_visitors', 'network')
    for table, _, _ in _ROLLUPS:
        for name in _FIGURES:
            op.drop_column(table, name)


def _count_repeats_of_the_past() -> None:
    """They stood as robots until now. One workspace after the other, row by row."""
    connection = op.get_bind()
    workspaces = connection.execute(sa.text('SELECT id, time_zone FROM workspaces ORDER BY id'))
    for workspace_id, time_zone in workspaces.all():
        buckets = _repeats_of(connection, workspace_id, ZoneInfo(time_zone))
        for (table, bucket, kind), counts in zip(_ROLLUPS, buckets):
            _write(connection, table, bucket, kind, workspace_id, counts)


def _repeats_of(connection, workspace_id, zone):
    """How many there were by code and UTC hour, and by code and day of the zone."""
    scans = sa.table('scans', sa.column('workspace_id'), sa.column('code_id'), sa.column('robot_reason'),
        sa.column('scanned_at', sa.DateTime(timezone=True)))
    query = sa.select(scans.c.code_id, scans.c.scanned_at).where(
        scans.c.workspace_id == workspace_id, scans.c.robot_reason == 'repeat')
    hours, days = Counter(), Counter()
    for code_id, at in connection.execute(query, execution_options={'yield_per': 1000}):
        # SQLite forgets the zone, which is UTC.
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        for counted in (code_id, _WHOLE_WORKSPACE):
            hours[counted, at.replace(minute=0, second=0, microsecond=0)] += 1
            days[counted, at.astimezone(zone).date()] += 1
    return hours, days


def _write(connection, table, bucket, kind, workspace_id, counts) -> None:
    if not counts:
        return
    rollup = sa.table(table, sa.column('workspace_id'), sa.column('code_id'), sa.column(bucket, kind),
        sa.column('hits'), sa.column('people'), sa.column('repeats'))
    number, others = sa.bindparam('number', type_=sa.BigInteger()), rollup.c.hits - rollup.c.people
    statement = (
        sa.update(rollup)
        .where(rollup.c.workspace_id == workspace_id, rollup.c.code_id == sa.bindparam('of_code'),
            rollup.c[bucket] == sa.bindparam('at', type_=kind))
        # A workspace whose zone was changed had its days elsewhere: never more than there is room for.
        .values(repeats=sa.case((number > others, others), else_=number))
    )
    connection.execute(statement, [
        {'of_code': code_id, 'at': at, 'number': number}
        for (code_id, at), number in sorted(counts.items())])
