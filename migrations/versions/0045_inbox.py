"""people join conversations: the inbox"""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)

_PARTIAL = (
    ('ix_conversations_held', ['workspace_id', 'taken_over_by'], 'taken_over_by IS NOT NULL'),
    ('ix_conversations_asked', ['workspace_id', 'human_requested_at'],
     'human_requested_at IS NOT NULL'),
    ('ix_conversations_snoozed', ['workspace_id', 'snoozed_until'], 'snoozed_until IS NOT NULL'),
    ('ix_conversations_of_code', ['code_id', 'last_message_at'], 'code_id IS NOT NULL'),
    ('ix_conversations_unanswered', ['workspace_id', 'last_message_at'], 'is_unanswered'),
)


def _to(column, table, delete='CASCADE', own=''):
    name = op.f(f'fk_{own}_{column}_{table}')
    return sa.ForeignKeyConstraint([column], [f'{table}.id'], name=name, ondelete=delete)


def upgrade() -> None:
    op.add_column('conversations', sa.Column('first_claimed_at', TIME, nullable=True))
    op.add_column('conversations', sa.Column('snoozed_until', TIME, nullable=True))
    op.add_column('conversations', sa.Column(
        'is_unanswered', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('chat_messages', sa.Column('author_id', BIG, nullable=True))
    op.create_index(
        'ix_conversations_of_state', 'conversations', ['workspace_id', 'status', 'last_message_at'])
    for name, columns, condition in _PARTIAL:
        where = sa.text(condition)
        op.create_index(
            name, 'conversations', columns, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("CREATE INDEX ix_chat_messages_words ON chat_messages "
                   "USING gin (to_tsvector('simple', text))")
    op.create_table(
        'thread_notes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('author_id', BIG, nullable=True),
        sa.Column('kind', sa.String(16), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('mentions', sa.JSON(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        _to('workspace_id', 'workspaces', own='thread_notes'),
        _to('conversation_id', 'conversations', own='thread_notes'),
        _to('author_id', 'people', 'SET NULL', own='thread_notes'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_notes')),
    )
    op.create_index('ix_thread_notes_of_conversation', 'thread_notes', ['conversation_id', 'id'])
    op.create_index(op.f('ix_thread_notes_author_id'), 'thread_notes', ['author_id'])
    op.create_table(
        'thread_seen',
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('seen_at', TIME, nullable=False),
        _to('conversation_id', 'conversations', own='thread_seen'),
        _to('person_id', 'people', own='thread_seen'),
        sa.PrimaryKeyConstraint('conversation_id', 'person_id', name=op.f('pk_thread_seen')),
    )
    op.create_index(op.f('ix_thread_seen_person_id'), 'thread_seen', ['person_id'])
    op.create_table(
        'inbox_tags',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('name', sa.String(40), nullable=False),
        _to('workspace_id', 'workspaces', own='inbox_tags'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox_tags')),
        sa.UniqueConstraint('workspace_id', 'name', name='uq_inbox_tags_name'),
    )
    op.create_table(
        'conversation_tags',
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('tag_id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        _to('conversation_id', 'conversations', own='conversation_tags'),
        _to('tag_id', 'inbox_tags', own='conversation_tags'),
        sa.PrimaryKeyConstraint('conversation_id', 'tag_id', name=op.f('pk_conversation_tags')),
    )
    op.create_index(
        'ix_conversation_tags_of_tag', 'conversation_tags', ['tag_id', 'conversation_id'])
    op.create_table(
        'canned_replies',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('shortcut', sa.String(32), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('updated_at', TIME, nullable=False),
        _to('workspace_id', 'workspaces', own='canned_replies'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_replies')),
        sa.UniqueConstraint('workspace_id', 'shortcut', name='uq_canned_replies_shortcut'),
    )
    op.create_table(
        'inbox_on_call',
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('is_on_call', sa.Boolean(), nullable=False),
        _to('workspace_id', 'workspaces', own='inbox_on_call'),
        _to('person_id', 'people', own='inbox_on_call'),
        sa.PrimaryKeyConstraint('workspace_id', 'person_id', name=op.f('pk_inbox_on_call')),
    )
    op.create_index(op.f('ix_inbox_on_call_person_id'), 'inbox_on_call', ['person_id'])


def downgrade() -> None:
    for table in ('inbox_on_call', 'canned_replies', 'conversation_tags', 'inbox_tags',
                  'thread_seen', 'thread_notes'):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_index('ix_chat_messages_words', table_name='chat_messages')
    for name, _columns, _condition in _PARTIAL:
        op.drop_index(name, table_name='conversations')
    op.drop_index('ix_conversations_of_state', table_name='conversations')
    op.drop_column('chat_messages', 'author_id')
    for name in ('is_unanswered', 'snoozed_until', 'first_claimed_at'):
        op.drop_column('conversations', name)
