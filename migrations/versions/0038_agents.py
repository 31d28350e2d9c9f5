"""agents and their versions"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'agents',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('public_id', sa.String(32), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('draft', sa.JSON(), nullable=False),
        sa.Column('allowed_origins', sa.JSON(), nullable=False),
        sa.Column('restricted_paths', sa.JSON(), nullable=False),
        sa.Column('published_version_id', BIG, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_agents_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agents')),
        sa.UniqueConstraint('public_id', name='uq_agents_public_id'),
    )
    with op.batch_alter_table('agents') as batch_op:
        batch_op.create_index('ix_agents_workspace_id', ['workspace_id', 'id'], unique=False)
    op.create_table(
        'agent_versions',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('config', sa.JSON(), nullable=False),
        sa.Column('published_by', sa.String(120), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['agent_id'],
            ['agents.id'],
            name=op.f('fk_agent_versions_agent_id_agents'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agent_versions')),
        sa.UniqueConstraint('agent_id', 'number', name='uq_agent_versions_agent_id'),
    )


def downgrade() -> None:
    op.drop_table('agent_versions')
    op.drop_table('agents')
