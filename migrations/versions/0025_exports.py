"""files of scans that are made by a job, and statistics that anybody may see"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('exports',
    sa.Column('id', _BIG_ID, nullable=False),
    sa.Column('workspace_id', _BIG_ID, nullable=False),
    sa.Column('person_id', _BIG_ID, nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('expected', _BIG_ID, nullable=False),
    sa.Column('rows', _BIG_ID, nullable=False),
    sa.Column('parts', _BIG_ID, nullable=False),
    sa.Column('place', sa.String(length=255), nullable=False),
    sa.Column('size', _BIG_ID, nullable=False),
    sa.Column('created_at', _TIME, nullable=False),
    sa.Column('ended_at', _TIME, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_exports_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_exports_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports'))
    )
    op.create_index('ix_exports_of_workspace', 'exports', ['workspace_id', 'id'])
    op.create_table('public_stats',
    sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('workspace_id', _BIG_ID, nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=True),
    sa.Column('shows', sa.JSON(), nullable=False),
    sa.Column('created_at', _TIME, nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['codes.id'], name=op.f('fk_public_stats_code_id_codes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_public_stats_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code_id', name=op.f('pk_public_stats'))
    )
    op.create_index('ix_public_stats_workspace_id', 'public_stats', ['workspace_id'])


def downgrade() -> None:
    op.drop_index('ix_public_stats_workspace_id', table_name='public_stats')
    op.drop_table('public_stats')
    op.drop_index('ix_exports_of_workspace', table_name='exports')
    op.drop_table('exports')
