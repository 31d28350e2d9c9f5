"""days that are rolled before they are over"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'


def upgrade() -> None:
    op.add_column('rolled_days', sa.Column('is_partial', sa.Boolean(), nullable=True))


def downgrade() -> None:
    # The release before knows whole days alone.
    op.execute(sa.text('DELETE FROM rolled_days WHERE is_partial'))
    with op.batch_alter_table('rolled_days') as batch_op:
        batch_op.drop_column('is_partial')
