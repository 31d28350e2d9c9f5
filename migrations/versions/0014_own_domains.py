"""own short domains, and the addresses of codes on them"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_IS_VERIFIED = sa.text("state = 'verified'")


def upgrade() -> None:
    op.create_table(
        'domains',
        sa.Column('id', _BIG_ID, nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('host', sa.String(length=253), nullable=False),
        sa.Column('token', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_answer', sa.Text(), nullable=False),
        sa.Column('pointing', sa.Text(), nullable=False),
        sa.Column('points_here', sa.Boolean(), nullable=True),
        sa.Column('root_url', sa.String(length=2048), nullable=False),
        sa.Column('unknown_url', sa.String(length=2048), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'], ondelete='CASCADE',
            name='fk_domains_workspace_id_workspaces'),
        sa.PrimaryKeyConstraint('id', name='pk_domains'),
    )
    op.create_index(
        'uq_domains_workspace_id_host', 'domains', ['workspace_id', 'host'], unique=True)
    op.create_index(
        'uq_domains_verified_host', 'domains', ['host'], unique=True,
        sqlite_where=_IS_VERIFIED, postgresql_where=_IS_VERIFIED)
    op.create_index('ix_domains_host', 'domains', ['host'])
    op.create_index('ix_domains_next_check_at', 'domains', ['next_check_at'])
    op.create_table(
        'code_addresses',
        sa.Column('id', _BIG_ID, nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('code_id', _BIG_ID, nullable=False),
        sa.Column('domain_id', _BIG_ID, nullable=False),
        sa.Column('short_code', sa.String(length=64), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'], ondelete='CASCADE',
            name='fk_code_addresses_workspace_id_workspaces'),
        sa.ForeignKeyConstraint(
            ['code_id'], ['codes.id'], ondelete='CASCADE', name='fk_code_addresses_code_id_codes'),
        sa.ForeignKeyConstraint(
            ['domain_id'], ['domains.id'], ondelete='CASCADE',
            name='fk_code_addresses_domain_id_domains'),
        sa.PrimaryKeyConstraint('id', name='pk_code_addresses'),
    )
    op.create_index(
        'uq_code_addresses_domain_id_short_code', 'code_addresses', ['domain_id', 'short_code'],
        unique=True)
    op.create_index('ix_code_addresses_code_id', 'code_addresses', ['code_id'])
    # Without a constraint, which would make the table anew on SQLite.
    op.add_column('codes', sa.Column('domain_id', _BIG_ID, nullable=True))
    op.add_column('codes', sa.Column('domain_short_code', sa.String(length=64), nullable=True))
    op.create_index('ix_codes_domain_id', 'codes', ['domain_id'])


def downgrade() -> None:
    op.drop_index('ix_codes_domain_id', table_name='codes')
    op.drop_column('codes', 'domain_short_code')
    op.drop_column('codes', 'domain_id')
    op.drop_table('code_addresses')
    op.drop_table('domains')
