"""what ClickHouse is still to be told, and what of the history was copied there"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        'scan_feed',
        sa.Column('id', BIG_ID, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('made_at', time, nullable=False),
        sa.Column('due_at', time, nullable=False),
        sa.Column('first_at', time, nullable=True),
        sa.Column('last_at', time, nullable=True),
        sa.Column('ids', sa.LargeBinary(), nullable=False),
        sa.Column('workspace_id', BIG_ID, nullable=True),
        sa.Column('visitor', sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_feed')),
    )
    op.create_index('ix_scan_feed_due', 'scan_feed', ['due_at', 'id'])
    op.create_table(
        'scan_copies',
        sa.Column('id', BIG_ID, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('start_at', time, nullable=False),
        sa.Column('end_at', time, nullable=False),
        sa.Column('after_id', sa.Uuid(), nullable=True),
        sa.Column('copied', BIG_ID, nullable=False),
        sa.Column('planned_at', time, nullable=False),
        sa.Column('done_at', time, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_copies')),
    )
    op.create_index(op.f('ix_scan_copies_done_at'), 'scan_copies', ['done_at'])
    op.create_table(
        'scan_feed_turns',
        sa.Column('name', sa.String(length=20), nullable=False),
        sa.Column('holder', sa.String(length=64), nullable=False),
        sa.Column('until', time, nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_scan_feed_turns')),
    )


def downgrade() -> None:
    op.drop_table('scan_feed_turns')
    op.drop_table('scan_copies')
    op.drop_table('scan_feed')
