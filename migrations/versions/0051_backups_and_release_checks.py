"""what backups, drills and restores came to, and what a release check found"""

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0050'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'backup_runs',
        sa.Column('id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('started_by', sa.String(length=32), server_default='', nullable=False),
        sa.Column('name', sa.String(length=120), server_default='', nullable=False),
        sa.Column('started_at', TIME, nullable=False),
        sa.Column('finished_at', TIME, nullable=True),
        sa.Column('seconds', sa.Float(), server_default=sa.text('0'), nullable=False),
        sa.Column('rows', BIG, server_default=sa.text('0'), nullable=False),
        sa.Column('size', BIG, server_default=sa.text('0'), nullable=False),
        sa.Column('differences', sa.JSON(), nullable=False),
        sa.Column('error', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_runs')),
    )
    op.create_index('ix_backup_runs_of_kind', 'backup_runs', ['kind', 'id'])
    op.create_table(
        'release_runs',
        sa.Column('id', BIG, nullable=False),
        sa.Column('asked_by', sa.String(length=254), server_default='', nullable=False),
        sa.Column('url', sa.String(length=300), server_default='', nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('looked_at', sa.String(length=64), server_default='', nullable=False),
        sa.Column('expected', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('started_at', TIME, nullable=False),
        sa.Column('told_at', TIME, nullable=False),
        sa.Column('finished_at', TIME, nullable=True),
        sa.Column('findings', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_release_runs')),
    )


def downgrade() -> None:
    op.drop_table('release_runs')
    op.drop_table('backup_runs')
