"""what came of scans"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_WITH_ORDER = sa.text('order_id IS NOT NULL')


def upgrade() -> None:
    op.create_table('conversions',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('code_id', _BIG_ID, nullable=False),
        sa.Column('scan_id', sa.Uuid(), nullable=False),
        sa.Column('scanned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('event', sa.String(length=64), nullable=False),
        sa.Column('order_id', sa.String(length=128), nullable=True),
        sa.Column('value_minor', sa.BigInteger(), nullable=True),
        sa.Column('currency', sa.String(length=3), nullable=True),
        sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('scan_day', sa.Date(), nullable=False),
        sa.Column('rule_id', _BIG_ID, nullable=True),
        sa.Column('variant', sa.SmallInteger(), nullable=True),
        sa.Column('source', sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_conversions')))
    op.create_index('uq_conversions_order', 'conversions', ['workspace_id', 'event', 'order_id'],
        unique=True, sqlite_where=_WITH_ORDER, postgresql_where=_WITH_ORDER)
    op.create_index('ix_conversions_of_workspace', 'conversions', ['workspace_id', 'occurred_at'])
    op.create_index('ix_conversions_of_code', 'conversions', ['code_id', 'occurred_at'])
    op.create_table('conversion_days',
        sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('conversions', sa.BigInteger(), nullable=False),
        sa.Column('value_minor', sa.BigInteger(), nullable=False),
        sa.Column('of_scans', sa.BigInteger(), nullable=False),
        sa.Column('of_scans_value_minor', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'day', 'currency',
            name=op.f('pk_conversion_days')))
    op.create_index('ix_conversion_days_of_workspace', 'conversion_days', ['workspace_id', 'day'])
    op.create_table('refused_calls',
        sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=32), nullable=False),
        sa.Column('calls', sa.BigInteger(), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_said', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('workspace_id', 'day', 'reason', name=op.f('pk_refused_calls')))
    op.create_table('old_pixel_keys',
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_old_pixel_keys')))
    op.create_index(op.f('ix_old_pixel_keys_workspace_id'), 'old_pixel_keys', ['workspace_id'])


def downgrade() -> None:
    for table in ('old_pixel_keys', 'refused_calls', 'conversion_days', 'conversions'):
        op.drop_table(table)
