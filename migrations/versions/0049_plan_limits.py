"""all limits of a plan: conversations by day, and marks of each limit"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0049'
down_revision = '0048'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_KEY = 'pk_quota_marks'
# Thirteen months, and the days of one more time zone.
_SINCE = timedelta(days=400)


def _count_earlier_conversations() -> None:
    """By the day of their workspace, as they are counted from here on."""
    connection = op.get_bind()
    talks = sa.table(
        'conversations',
        sa.column('workspace_id', BIG),
        sa.column('started_at', sa.DateTime(timezone=True)),
    )
    workspaces = sa.table('workspaces', sa.column('id', BIG), sa.column('time_zone', sa.String()))
    days = sa.table(
        'conversation_days',
        sa.column('workspace_id', BIG),
        sa.column('day', sa.Date()),
        sa.column('begun', sa.Integer()),
    )
    zones = dict(connection.execute(sa.select(workspaces)).all())
    since = datetime.now(UTC) - _SINCE
    if connection.dialect.name == 'sqlite':
        since = since.replace(tzinfo=None)
    found = connection.execute(sa.select(talks).where(talks.c.started_at >= since))
    begun: Counter[tuple[int, date]] = Counter()
    for workspace_id, at in found.yield_per(5_000):
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        begun[workspace_id, aware.astimezone(ZoneInfo(zones[workspace_id])).date()] += 1
    rows = [
        {'workspace_id': key[0], 'day': key[1], 'begun': count}
        for key, count in begun.items()
    ]
    if rows:
        connection.execute(days.insert(), rows)


def upgrade() -> None:
    op.create_table(
        'conversation_days',
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('begun', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_conversation_days_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('workspace_id', 'day', name=op.f('pk_conversation_days')),
    )
    _count_earlier_conversations()
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.add_column(
            sa.Column('is_beyond_plan', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    # The release before marks scans alone and names no limit: the default does it.
    with op.batch_alter_table('quota_marks') as batch_op:
        batch_op.add_column(
            sa.Column('limit_key', sa.String(16), server_default='scans', nullable=False)
        )
        batch_op.drop_constraint(op.f(_KEY), type_='primary')
        batch_op.create_primary_key(op.f(_KEY), ['workspace_id', 'limit_key', 'month', 'level'])


def downgrade() -> None:
    op.execute("DELETE FROM quota_marks WHERE limit_key <> 'scans'")
    with op.batch_alter_table('quota_marks') as batch_op:
        batch_op.drop_constraint(op.f(_KEY), type_='primary')
        batch_op.create_primary_key(op.f(_KEY), ['workspace_id', 'month', 'level'])
        batch_op.drop_column('limit_key')
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.drop_column('is_beyond_plan')
    op.drop_table('conversation_days')
