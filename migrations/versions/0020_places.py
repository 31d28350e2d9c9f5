"""the region and the city of scans"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    op.add_column('scans', sa.Column('region', sa.String(length=64), nullable=True))
    op.add_column('scans', sa.Column('city', sa.String(length=128), nullable=True))


def downgrade() -> None:
    op.drop_column('scans', 'city')
    op.drop_column('scans', 'region')
