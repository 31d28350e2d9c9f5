"""what the model cost a workspace on a day"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'llm_usage',
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('prompt_tokens', sa.BigInteger(), nullable=False),
        sa.Column('completion_tokens', sa.BigInteger(), nullable=False),
        sa.Column('turns', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_llm_usage_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('workspace_id', 'day', name=op.f('pk_llm_usage')),
    )


def downgrade() -> None:
    op.drop_table('llm_usage')
