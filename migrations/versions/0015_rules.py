"""rules: where a code leads whom"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = "0014"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('rules',
    sa.Column('id', _BIG_ID, nullable=False),
    sa.Column('workspace_id', _BIG_ID, nullable=False),
    sa.Column('code_id', _BIG_ID, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('match', sa.String(length=3), nullable=False),
    sa.Column('conditions', sa.JSON(), nullable=False),
    sa.Column('destination_url', sa.String(length=2048), nullable=False),
    sa.Column('split', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('is_enabled', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['codes.id'], name=op.f('fk_rules_code_id_codes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_rules_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rules'))
    )
    op.create_index('ix_rules_of_code', 'rules', ['code_id', 'position'], unique=False)
    op.create_index(op.f('ix_rules_workspace_id'), 'rules', ['workspace_id'], unique=False)


def downgrade() -> None:
    op.drop_table('rules')
