"""which workspaces had their weekly summary"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'weekly_summaries',
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recipients', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_weekly_summaries_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('workspace_id', 'first_day', name=op.f('pk_weekly_summaries')),
    )


def downgrade() -> None:
    op.drop_table('weekly_summaries')
