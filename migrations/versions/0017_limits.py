"""scans that were not led on, and scans that were not recorded"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    for table in ('scan_hours', 'scan_days'):
        # With a default: processes of the release before do not name it.
        op.add_column(table, sa.Column('heads', _BIG_ID, server_default='0', nullable=False))
    op.create_table(
        'unrecorded_scans',
        sa.Column('process', sa.String(length=32), nullable=False),
        sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('scans', _BIG_ID, nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('process', 'code_id', 'month', name=op.f('pk_unrecorded_scans')),
    )
    op.create_index(
        'ix_unrecorded_scans_of_workspace', 'unrecorded_scans', ['workspace_id', 'month'])


def downgrade() -> None:
    op.drop_index('ix_unrecorded_scans_of_workspace', table_name='unrecorded_scans')
    op.drop_table('unrecorded_scans')
    for table in ('scan_hours', 'scan_days'):
        op.drop_column(table, 'heads')
