"""an agent's own page, by what a conversation is held, and codes that talk"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0044'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('agents') as batch_op:
        batch_op.add_column(
            sa.Column('has_page', sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.add_column(
            sa.Column('channel', sa.String(16), server_default='widget', nullable=False)
        )
        batch_op.create_index('ix_conversations_started_at', ['workspace_id', 'started_at'])
    with op.batch_alter_table('chat_messages') as batch_op:
        batch_op.add_column(sa.Column('first_token_ms', sa.Integer(), nullable=True))
    op.create_table(
        'talking_codes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('made_by', BIG, nullable=True),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('kind', sa.String(16), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('url', sa.String(2048), nullable=False),
        sa.Column('source_id', BIG, nullable=True),
        sa.Column('agent_id', BIG, nullable=True),
        sa.Column('code_id', BIG, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_talking_codes_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_talking_codes')),
    )
    with op.batch_alter_table('talking_codes') as batch_op:
        batch_op.create_index('ix_talking_codes_workspace_id', ['workspace_id', 'id'])


def downgrade() -> None:
    op.drop_table('talking_codes')
    with op.batch_alter_table('chat_messages') as batch_op:
        batch_op.drop_column('first_token_ms')
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.drop_index('ix_conversations_started_at')
        batch_op.drop_column('channel')
    with op.batch_alter_table('agents') as batch_op:
        batch_op.drop_column('has_page')
