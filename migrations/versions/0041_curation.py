"""answers that people wrote, and questions that have none"""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'curated_answers',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=True),
        sa.Column('question', sa.String(300), nullable=False),
        sa.Column('variants', sa.JSON(), nullable=False),
        sa.Column('patterns', sa.JSON(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('language', sa.String(16), nullable=False),
        sa.Column('paths', sa.JSON(), nullable=False),
        sa.Column('given', sa.String(16), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('proof', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_curated_answers_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_curated_answers')),
    )
    with op.batch_alter_table('curated_answers') as batch_op:
        batch_op.create_index('ix_curated_answers_workspace_id', ['workspace_id', 'id'])
    op.create_table(
        'answer_gaps',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('vector', sa.LargeBinary(), nullable=True),
        sa.Column('curated_id', BIG, nullable=True),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_answer_gaps_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_gaps')),
    )
    with op.batch_alter_table('answer_gaps') as batch_op:
        batch_op.create_index('ix_answer_gaps_agent_id', ['agent_id', 'state', 'last_at'])
    op.create_table(
        'answer_gap_questions',
        sa.Column('message_id', sa.Uuid(), nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('gap_id', BIG, nullable=False),
        sa.Column('reason', sa.String(16), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['message_id'],
            ['chat_messages.id'],
            name=op.f('fk_answer_gap_questions_message_id_chat_messages'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['gap_id'],
            ['answer_gaps.id'],
            name=op.f('fk_answer_gap_questions_gap_id_answer_gaps'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('message_id', name=op.f('pk_answer_gap_questions')),
    )
    with op.batch_alter_table('answer_gap_questions') as batch_op:
        batch_op.create_index('ix_answer_gap_questions_gap_id', ['gap_id', 'at'])


def downgrade() -> None:
    op.drop_table('answer_gap_questions')
    op.drop_table('answer_gaps')
    op.drop_table('curated_answers')
