"""test questions of agents, and runs of them"""

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'regression_questions',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('text', sa.String(500), nullable=False),
        sa.Column('expected', sa.Text(), nullable=False),
        sa.Column('must_refuse', sa.Boolean(), nullable=False),
        sa.Column('origin', sa.String(16), nullable=False),
        sa.Column('message_id', sa.Uuid(), nullable=True),
        sa.Column('visitor_id', BIG, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_regression_questions_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_regression_questions')),
    )
    with op.batch_alter_table('regression_questions') as batch_op:
        batch_op.create_index('ix_regression_questions_agent_id', ['agent_id', 'id'])
    op.create_table(
        'regression_runs',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(16), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('version', sa.Integer(), nullable=True),
        sa.Column('setup', sa.String(300), nullable=False),
        sa.Column('questions', sa.Integer(), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('passed', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('expecting', sa.Integer(), nullable=False),
        sa.Column('found', sa.Integer(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_regression_runs_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_regression_runs')),
        sa.UniqueConstraint('agent_id', 'number', name='uq_regression_runs_agent_id'),
    )
    with op.batch_alter_table('regression_runs') as batch_op:
        batch_op.create_index('ix_regression_runs_state', ['state'])
    op.create_table(
        'regression_results',
        sa.Column('run_id', BIG, nullable=False),
        sa.Column('question_id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('is_passed', sa.Boolean(), nullable=False),
        sa.Column('is_answered', sa.Boolean(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=True),
        sa.Column('mode', sa.String(16), nullable=False),
        sa.Column('score', sa.Float(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('elapsed_ms', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['run_id'],
            ['regression_runs.id'],
            name=op.f('fk_regression_results_run_id_regression_runs'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['question_id'],
            ['regression_questions.id'],
            name=op.f('fk_regression_results_question_id_regression_questions'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('run_id', 'question_id', name=op.f('pk_regression_results')),
    )
    with op.batch_alter_table('regression_results') as batch_op:
        batch_op.create_index('ix_regression_results_question_id', ['question_id'])


def downgrade() -> None:
    op.drop_table('regression_results')
    op.drop_table('regression_runs')
    op.drop_table('regression_questions')
