"""what a code may ask of a scan, and what a scan tells of its way"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_NEW = {
    'codes': (
        'campaign', 'starts_at', 'ends_at', 'scan_limit', 'password_hash', 'fallback_url',
        'attribution', 'routing'),
    'workspaces': ('colour', 'pixel_key'),
    'scans': ('campaign', 'rule_id', 'variant', 'domain_id'),
}


def upgrade() -> None:
    # What processes of the release before do not name has a default, or may be missing.
    for column in (
        sa.Column('campaign', sa.String(length=100), server_default='', nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('scan_limit', sa.Integer(), nullable=True),
        sa.Column('password_hash', sa.String(length=255), nullable=True),
        sa.Column('fallback_url', sa.String(length=2048), server_default='', nullable=False),
        sa.Column('attribution', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('routing', sa.Text(), nullable=True),
    ):
        op.add_column('codes', column)
    op.add_column('workspaces', sa.Column(
        'colour', sa.String(length=7), server_default='', nullable=False))
    op.add_column('workspaces', sa.Column('pixel_key', sa.String(length=32), nullable=True))
    for column in (
        sa.Column('campaign', sa.String(length=100), nullable=True),
        sa.Column('rule_id', _BIG_ID, nullable=True),
        sa.Column('variant', sa.SmallInteger(), nullable=True),
        sa.Column('domain_id', _BIG_ID, nullable=True),
    ):
        op.add_column('scans', column)
    _give_pixel_keys()
    # A constraint would make the table anew on SQLite; an index says the same.
    op.create_index('uq_workspaces_pixel_key', 'workspaces', ['pixel_key'], unique=True)


def downgrade() -> None:
    op.drop_index('uq_workspaces_pixel_key', table_name='workspaces')
    # Not in a batch, which would make the tables anew.
    for table, names in _NEW.items():
        for name in names:
            op.drop_column(table, name)


def _give_pixel_keys() -> None:
    connection = op.get_bind()
    for workspace_id, in connection.execute(sa.text('SELECT id FROM workspaces')).all():
        connection.execute(
            sa.text('UPDATE workspaces SET pixel_key = :key WHERE id = :id'),
            {'key': f'px_{secrets.token_hex(12)}', 'id': workspace_id})
