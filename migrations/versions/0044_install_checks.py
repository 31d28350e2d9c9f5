"""what was found on customers' pages about the widget"""

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'install_checks',
        sa.Column('agent_id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('page_url', sa.String(2048), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('verdict', sa.String(16), nullable=False),
        sa.Column('findings', sa.JSON(), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ['agent_id'],
            ['agents.id'],
            name=op.f('fk_install_checks_agent_id_agents'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('agent_id', name=op.f('pk_install_checks')),
    )


def downgrade() -> None:
    op.drop_table('install_checks')
