"""what was accepted in each hour, and whether what is stored comes to the same"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('accepted_hours',
    sa.Column('process', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('hour_at', _TIME, nullable=False),
    sa.Column('scans', _BIG_ID, nullable=False),
    sa.PrimaryKeyConstraint('process', 'kind', 'workspace_id', 'hour_at', name=op.f('pk_accepted_hours'))
    )
    op.create_index('ix_accepted_hours_hour', 'accepted_hours', ['hour_at'])
    op.create_table('rejected_lines',
    sa.Column('line_hash', sa.String(length=32), nullable=False),
    sa.Column('workspace_id', _BIG_ID, nullable=False),
    sa.Column('hour_at', _TIME, nullable=False),
    sa.Column('reason', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('line_hash', name=op.f('pk_rejected_lines'))
    )
    op.create_index('ix_rejected_lines_hour', 'rejected_lines', ['hour_at'])
    op.create_table('reconciled_hours',
    sa.Column('hour_at', _TIME, nullable=False),
    sa.Column('accepted', _BIG_ID, nullable=False),
    sa.Column('unrecorded', _BIG_ID, nullable=False),
    sa.Column('stored', _BIG_ID, nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('rejected', _BIG_ID, nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('rollup_differences', sa.JSON(), nullable=False),
    sa.Column('rebuilt_at', _TIME, nullable=True),
    sa.Column('checked_at', _TIME, nullable=False),
    sa.PrimaryKeyConstraint('hour_at', name=op.f('pk_reconciled_hours'))
    )


def downgrade() -> None:
    op.drop_table('reconciled_hours')
    op.drop_index('ix_rejected_lines_hour', table_name='rejected_lines')
    op.drop_table('rejected_lines')
    op.drop_index('ix_accepted_hours_hour', table_name='accepted_hours')
    op.drop_table('accepted_hours')
