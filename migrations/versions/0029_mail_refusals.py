"""addresses that want no more mail of a list"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'mail_refusals',
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('list_key', sa.String(length=40), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_mail_refusals_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('workspace_id', 'email', 'list_key', name=op.f('pk_mail_refusals')),
    )


def downgrade() -> None:
    op.drop_table('mail_refusals')
