"""the request that caused a webhook's message"""

import sqlalchemy as sa
from alembic import op

revision = '0057'
down_revision = '0056'


def upgrade() -> None:
    op.add_column('webhook_messages', sa.Column('request_id', sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column('webhook_messages', 'request_id')
