"""saved views of boards, and notes on their charts"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _workspace_id() -> sa.Column:
    return sa.Column('workspace_id', _BIG_ID, nullable=False)


def upgrade() -> None:
    op.create_table(
        'saved_views',
        sa.Column('id', _BIG_ID, nullable=False),
        _workspace_id(),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('name_key', sa.String(length=240), nullable=False),
        sa.Column('query', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_saved_views_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    )
    op.create_index(
        'uq_saved_views_name', 'saved_views', ['workspace_id', 'name_key'], unique=True)
    op.create_table(
        'annotations',
        sa.Column('id', _BIG_ID, nullable=False),
        _workspace_id(),
        sa.Column('code_id', _BIG_ID, nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('text', sa.String(length=200), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_annotations_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['code_id'], ['codes.id'],
            name=op.f('fk_annotations_code_id_codes'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_annotations')),
    )
    op.create_index('ix_annotations_of_workspace', 'annotations', ['workspace_id', 'day'])


def downgrade() -> None:
    op.drop_table('annotations')
    op.drop_table('saved_views')
