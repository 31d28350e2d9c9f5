"""conversations"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'chat_turns',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('conversation_id', sa.Uuid(), nullable=False),
        sa.Column('visitor_id', sa.Uuid(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_chat_turns_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_turns')),
    )
    with op.batch_alter_table('chat_turns') as batch_op:
        batch_op.create_index('ix_chat_turns_of_conversation', ['conversation_id'], unique=False)

    op.create_table(
        'chat_visitors',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('public_id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_chat_visitors_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_visitors')),
        sa.UniqueConstraint('workspace_id', 'public_id', name='uq_chat_visitors_public_id'),
    )
    op.create_table(
        'widget_days',
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, autoincrement=False, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_widget_days_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint(
            'workspace_id', 'agent_id', 'day', 'kind', name=op.f('pk_widget_days')
        ),
    )
    op.create_table(
        'conversations',
        sa.Column('id', BIG, nullable=False),
        sa.Column('public_id', sa.Uuid(), nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('agent_version', sa.Integer(), nullable=True),
        sa.Column('visitor_id', BIG, nullable=False),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('page_url', sa.String(length=2048), nullable=False),
        sa.Column('language', sa.String(length=16), nullable=False),
        sa.Column('scan_id', sa.Uuid(), nullable=True),
        sa.Column('code_id', BIG, nullable=True),
        sa.Column('human_requested_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('taken_over_by', BIG, nullable=True),
        sa.Column('messages', sa.Integer(), nullable=False),
        sa.Column('feedback', sa.String(length=8), nullable=True),
        sa.Column('feedback_text', sa.Text(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_message_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['visitor_id'],
            ['chat_visitors.id'],
            name=op.f('fk_conversations_visitor_id_chat_visitors'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_conversations_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations')),
        sa.UniqueConstraint('public_id', name='uq_conversations_public_id'),
    )
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.create_index(
            'ix_conversations_of_agent', ['agent_id', 'last_message_at'], unique=False
        )
        batch_op.create_index('ix_conversations_of_scan', ['scan_id'], unique=False)
        batch_op.create_index(
            'ix_conversations_of_visitor', ['visitor_id', 'last_message_at'], unique=False
        )
        batch_op.create_index(
            'ix_conversations_of_workspace', ['workspace_id', 'last_message_at'], unique=False
        )
        batch_op.create_index(
            'ix_conversations_status', ['status', 'last_message_at'], unique=False
        )

    op.create_table(
        'chat_leads',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('phone', sa.String(length=64), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'],
            ['conversations.id'],
            name=op.f('fk_chat_leads_conversation_id_conversations'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_leads')),
        sa.UniqueConstraint('conversation_id', name='uq_chat_leads_conversation_id'),
    )
    with op.batch_alter_table('chat_leads') as batch_op:
        batch_op.create_index('ix_chat_leads_email', ['workspace_id', 'email'], unique=False)
        batch_op.create_index(
            'ix_chat_leads_of_workspace', ['workspace_id', 'created_at'], unique=False
        )

    op.create_table(
        'chat_messages',
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('mode', sa.String(length=16), nullable=False),
        sa.Column('citations', sa.JSON(), nullable=False),
        sa.Column('low_confidence', sa.Boolean(), nullable=False),
        sa.Column('is_refused', sa.Boolean(), nullable=False),
        sa.Column('is_broken_off', sa.Boolean(), nullable=False),
        sa.Column('offers', sa.JSON(), nullable=False),
        sa.Column('latency_ms', sa.Integer(), nullable=True),
        sa.Column('question', sa.Text(), nullable=False),
        sa.Column('score', sa.Float(), nullable=True),
        sa.Column('chunk_ids', sa.JSON(), nullable=False),
        sa.Column('curated_id', BIG, nullable=True),
        sa.Column('feedback', sa.String(length=8), nullable=True),
        sa.Column('feedback_text', sa.Text(), nullable=False),
        sa.Column('feedback_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['conversation_id'],
            ['conversations.id'],
            name=op.f('fk_chat_messages_conversation_id_conversations'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_messages')),
    )
    with op.batch_alter_table('chat_messages') as batch_op:
        batch_op.create_index(
            'ix_chat_messages_of_conversation', ['conversation_id', 'id'], unique=False
        )
        batch_op.create_index(
            'ix_chat_messages_of_workspace', ['workspace_id', 'created_at'], unique=False
        )


def downgrade() -> None:
    op.drop_table('chat_messages')
    op.drop_table('chat_leads')
    op.drop_table('conversations')
    op.drop_table('widget_days')
    op.drop_table('chat_visitors')
    op.drop_table('chat_turns')
