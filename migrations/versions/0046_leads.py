"""leads as people of a workspace, pages and consent of conversations"""

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = "0045"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)

_REASONS = '[{"key": "address", "points": 20}]'
# One lead for each address, as the newest form of it said; those of the oldest conversation tell
# where they came from.
_LEADS = """
    INSERT INTO leads (workspace_id, email, name, phone, fields, status, score, reasons, agent_id,
                       code_id, scan_id, created_at, updated_at, last_at)
    SELECT l.workspace_id, l.email, l.name, l.phone, l.fields, 'new', 20,
           {reasons}, c.agent_id, c.code_id, c.scan_id,
           t.first_at, l.updated_at, t.last_at
    FROM (SELECT workspace_id, email, MIN(created_at) AS first_at, MAX(updated_at) AS last_at,
                 MIN(conversation_id) AS first_conversation, MAX(id) AS last_id
          FROM chat_leads GROUP BY workspace_id, email) t
    JOIN chat_leads l ON l.id = t.last_id
    JOIN conversations c ON c.id = t.first_conversation
"""
_LINKS = """
    INSERT INTO lead_conversations (conversation_id, lead_id, workspace_id, created_at)
    SELECT f.conversation_id, p.id, f.workspace_id, f.created_at
    FROM chat_leads f JOIN leads p ON p.workspace_id = f.workspace_id AND p.email = f.email
"""


def upgrade() -> None:
    # Not in a batch: SQLite would make the table anew, and what hangs on it would go.
    op.add_column('conversations', sa.Column('pages', sa.JSON(), nullable=True))
    op.add_column('conversations', sa.Column('consented_at', TIME, nullable=True))
    op.create_index('ix_conversations_begun_by_code', 'conversations', ['code_id', 'started_at'])
    op.add_column('exports', sa.Column('content', sa.String(32), nullable=True))
    op.create_index('ix_conversions_of_scan', 'conversions', ['scan_id'])
    op.create_table(
        'leads',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('name', sa.String(200), nullable=False),
        sa.Column('phone', sa.String(64), nullable=False),
        sa.Column('fields', sa.JSON(), nullable=False),
        sa.Column('status', sa.String(16), nullable=False),
        sa.Column('owner_id', BIG, nullable=True),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('code_id', BIG, nullable=True),
        sa.Column('scan_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('updated_at', TIME, nullable=False),
        sa.Column('last_at', TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_leads_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['owner_id'],
            ['people.id'],
            name=op.f('fk_leads_owner_id_people'),
            ondelete='SET NULL',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_leads')),
        sa.UniqueConstraint('workspace_id', 'email', name='uq_leads_email'),
    )
    op.create_index('ix_leads_of_workspace', 'leads', ['workspace_id', 'id'])
    op.create_index('ix_leads_score', 'leads', ['workspace_id', 'score', 'id'])
    op.create_index('ix_leads_status', 'leads', ['workspace_id', 'status', 'id'])
    op.create_index('ix_leads_code_id', 'leads', ['code_id', 'created_at'])
    op.create_index('ix_leads_last_at', 'leads', ['last_at'])
    op.create_table(
        'lead_conversations',
        sa.Column('conversation_id', BIG, nullable=False),
        sa.Column('lead_id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ['conversation_id'],
            ['conversations.id'],
            name=op.f('fk_lead_conversations_conversation_id_conversations'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['lead_id'],
            ['leads.id'],
            name=op.f('fk_lead_conversations_lead_id_leads'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_lead_conversations')),
    )
    op.create_index('ix_lead_conversations_lead_id', 'lead_conversations', ['lead_id'])
    op.create_table(
        'lead_notes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('lead_id', BIG, nullable=False),
        sa.Column('author_id', BIG, nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ['lead_id'],
            ['leads.id'],
            name=op.f('fk_lead_notes_lead_id_leads'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['author_id'],
            ['people.id'],
            name=op.f('fk_lead_notes_author_id_people'),
            ondelete='SET NULL',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lead_notes')),
    )
    op.create_index('ix_lead_notes_lead_id', 'lead_notes', ['lead_id', 'id'])
    is_postgres = op.get_bind().dialect.name == 'postgresql'
    reasons = f"CAST('{_REASONS}' AS JSON)" if is_postgres else f"'{_REASONS}'"
    op.execute(_LEADS.format(reasons=reasons))
    op.execute(_LINKS)


def downgrade() -> None:
    op.drop_table('lead_notes')
    op.drop_table('lead_conversations')
    op.drop_table('leads')
    op.drop_index('ix_conversions_of_scan', 'conversions')
    op.drop_column('exports', 'content')
    op.drop_index('ix_conversations_begun_by_code', 'conversations')
    op.drop_column('conversations', 'consented_at')
    op.drop_column('conversations', 'pages')
