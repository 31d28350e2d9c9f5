"""how far a sheet's scan checks are"""

import sqlalchemy as sa
from alembic import op

revision = '0056'
down_revision = '0055'


def upgrade() -> None:
    # The release before writes rows without it.
    op.add_column(
        'print_sheets', sa.Column('checked', sa.Integer(), nullable=False, server_default='0')
    )


def downgrade() -> None:
    with op.batch_alter_table('print_sheets') as table:
        table.drop_column('checked')
