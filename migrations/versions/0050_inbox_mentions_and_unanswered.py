"""who is named in a note, and what is unanswered since before the inbox"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0049'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)
_AT_ONCE = 10_000

# As the inbox writes it down since 0045: the agent's last answer was a refusal, and nobody of the
# team has ever acted there.
_UNANSWERED = sa.text("""
    UPDATE conversations SET is_unanswered = :yes
    WHERE id > :after AND id <= :upto AND is_unanswered = :no AND taken_over_by IS NULL
    AND first_claimed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM thread_notes n WHERE n.conversation_id = conversations.id)
    AND NOT EXISTS (SELECT 1 FROM chat_messages p WHERE p.conversation_id = conversations.id
                    AND p.role = 'person')
    AND (SELECT m.is_refused FROM chat_messages m WHERE m.conversation_id = conversations.id
         AND m.role = 'agent' ORDER BY m.id DESC LIMIT 1) = :yes
""").bindparams(sa.bindparam('yes', True, sa.Boolean()), sa.bindparam('no', False, sa.Boolean()))


def upgrade() -> None:
    op.create_table(
        'note_mentions',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('note_id', BIG, nullable=False),
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('seen_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ['person_id'],
            ['people.id'],
            name=op.f('fk_note_mentions_person_id_people'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['note_id'],
            ['thread_notes.id'],
            name=op.f('fk_note_mentions_note_id_thread_notes'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_note_mentions')),
    )
    op.create_index('ix_note_mentions_note_id', 'note_mentions', ['note_id'])
    where = sa.text('seen_at IS NULL')
    op.create_index(
        'ix_note_mentions_unseen',
        'note_mentions',
        ['person_id', 'workspace_id', 'id'],
        sqlite_where=where,
        postgresql_where=where,
    )
    connection = op.get_bind()
    last = connection.scalar(sa.text('SELECT MAX(id) FROM conversations')) or 0
    for after in range(0, last, _AT_ONCE):
        connection.execute(_UNANSWERED, {'after': after, 'upto': after + _AT_ONCE})


def downgrade() -> None:
    op.drop_table('note_mentions')
