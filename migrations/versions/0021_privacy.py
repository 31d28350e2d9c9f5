"""receipts of what was deleted, and fingerprints that are kept no more"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('privacy_receipts',
    sa.Column('id', _BIG_ID, nullable=False),
    sa.Column('workspace_id', _BIG_ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=False),
    sa.Column('before_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('actor_name', sa.String(length=254), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_receipts'))
    )
    op.create_index('ix_privacy_receipts_of_workspace', 'privacy_receipts', ['workspace_id', 'id'])
    op.create_table('erased_visitors',
    sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('visitor', sa.String(length=32), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'visitor', name=op.f('pk_erased_visitors'))
    )


def downgrade() -> None:
    op.drop_table('erased_visitors')
    op.drop_index('ix_privacy_receipts_of_workspace', table_name='privacy_receipts')
    op.drop_table('privacy_receipts')
