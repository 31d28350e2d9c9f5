"""labels of codes, and edits of many codes that can be undone"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _workspace_id() -> sa.Column:
    return sa.Column('workspace_id', _BIG_ID, nullable=False)


def upgrade() -> None:
    op.create_table(
        'labels',
        sa.Column('id', _BIG_ID, nullable=False),
        _workspace_id(),
        sa.Column('name', sa.String(length=50), nullable=False),
        sa.Column('name_key', sa.String(length=200), nullable=False),
        sa.Column('colour', sa.String(length=16), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_labels_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_labels')),
    )
    op.create_index('uq_labels_name', 'labels', ['workspace_id', 'name_key'], unique=True)
    op.create_table(
        'code_labels',
        sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('label_id', _BIG_ID, autoincrement=False, nullable=False),
        _workspace_id(),
        sa.ForeignKeyConstraint(
            ['code_id'], ['codes.id'],
            name=op.f('fk_code_labels_code_id_codes'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['label_id'], ['labels.id'],
            name=op.f('fk_code_labels_label_id_labels'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_code_labels_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('code_id', 'label_id', name=op.f('pk_code_labels')),
    )
    op.create_index(
        'ix_code_labels_of_label', 'code_labels', ['workspace_id', 'label_id', 'code_id'])
    op.create_table(
        'code_edits',
        sa.Column('id', _BIG_ID, nullable=False),
        _workspace_id(),
        sa.Column('made_by_id', _BIG_ID, nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_code_edits_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['made_by_id'], ['people.id'],
            name=op.f('fk_code_edits_made_by_id_people'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_code_edits')),
    )
    op.create_index('ix_code_edits_of_workspace', 'code_edits', ['workspace_id', 'id'])
    op.create_index('ix_codes_campaign', 'codes', ['workspace_id', 'campaign'])


def downgrade() -> None:
    op.drop_index('ix_codes_campaign', table_name='codes')
    op.drop_table('code_edits')
    op.drop_table('code_labels')
    op.drop_table('labels')
