"""breakdowns of days whose scans may be gone"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'


def upgrade() -> None:
    op.add_column('rolled_days', sa.Column('is_final', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    op.drop_column('rolled_days', 'is_final')
