"""an agent's own page, by what a conversation is held, and codes that talk"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = "0046"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _count_of(column: str, refused: sa.ColumnElement[bool]) -> sa.Update:
    """What earlier conversations came to."""
    talks = sa.table('conversations', sa.column('id', BIG), sa.column(column, sa.Integer()))
    said = sa.table(
        'chat_messages',
        sa.column('conversation_id', BIG),
        sa.column('mode', sa.String()),
        sa.column('is_refused', sa.Boolean()),
        sa.column('is_broken_off', sa.Boolean()),
    )
    of_it = sa.select(sa.func.count()).where(
        said.c.conversation_id == talks.c.id,
        said.c.mode.in_(('llm', 'extractive', 'curated')),
        said.c.is_refused == refused,
        said.c.is_broken_off == sa.false(),
    )
    return talks.update().values({column: of_it.scalar_subquery()})


def upgrade() -> None:
    with op.batch_alter_table('agents') as batch_op:
        batch_op.add_column(
            sa.Column('has_page', sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.add_column(
            sa.Column('channel', sa.String(16), server_default='widget', nullable=False)
        )
        batch_op.add_column(sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('answered', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('refused', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index('ix_conversations_started_at', ['workspace_id', 'started_at'])
    op.execute('UPDATE conversations SET handed_over_at = human_requested_at')
    for name, refused in (('answered', sa.false()), ('refused', sa.true())):
        op.execute(_count_of(name, refused))
    with op.batch_alter_table('chat_messages') as batch_op:
        batch_op.add_column(sa.Column('first_token_ms', sa.Integer(), nullable=True))
    op.create_table(
        'cited_sources',
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('source_id', BIG, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('answers', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_cited_sources_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint(
            'workspace_id', 'day', 'agent_id', 'source_id', name=op.f('pk_cited_sources')
        ),
    )
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
    op.drop_table('cited_sources')
    with op.batch_alter_table('chat_messages') as batch_op:
        batch_op.drop_column('first_token_ms')
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.drop_index('ix_conversations_started_at')
        for name in ('refused', 'answered', 'handed_over_at', 'channel'):
            batch_op.drop_column(name)
    with op.batch_alter_table('agents') as batch_op:
        batch_op.drop_column('has_page')
