"""settings that operators store, where a job came from, and what browsers refused"""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0051'

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'operator_settings',
        sa.Column('name', sa.String(64), nullable=False),
        sa.Column('encrypted', sa.Text(), nullable=False),
        sa.Column('hint', sa.String(4), server_default='', nullable=False),
        sa.Column('changed_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_operator_settings')),
    )
    op.create_table(
        'csp_reports',
        sa.Column('directive', sa.String(40), nullable=False),
        sa.Column('blocked', sa.String(120), nullable=False),
        sa.Column('page', sa.String(120), nullable=False),
        sa.Column('count', sa.BigInteger(), nullable=False),
        sa.Column('first_at', TIME, nullable=False),
        sa.Column('last_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('directive', 'blocked', 'page', name=op.f('pk_csp_reports')),
    )
    op.create_index('ix_csp_reports_last_at', 'csp_reports', ['last_at'])
    # Without a default and nullable: the table is not rewritten.
    op.add_column('jobs', sa.Column('request_id', sa.String(64), nullable=True))
    op.add_column('jobs', sa.Column('traceparent', sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column('jobs', 'traceparent')
    op.drop_column('jobs', 'request_id')
    op.drop_table('csp_reports')
    op.drop_table('operator_settings')
