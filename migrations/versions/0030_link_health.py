"""whether the destinations of codes answer"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'links',
        sa.Column('id', _BIG_ID, nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('code_id', _BIG_ID, nullable=False),
        sa.Column('url', sa.String(length=2048), nullable=False),
        sa.Column('url_key', sa.String(length=64), nullable=False),
        sa.Column('host', sa.String(length=253), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('final_url', sa.String(length=2048), nullable=False),
        sa.Column('tls_expires_at', _AT, nullable=True),
        sa.Column('checked_at', _AT, nullable=True),
        sa.Column('next_check_at', _AT, nullable=True),
        sa.Column('claimed_until', _AT, nullable=True),
        sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_links_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['code_id'], ['codes.id'], name=op.f('fk_links_code_id_codes'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    )
    op.create_index('uq_links_code_id_url_key', 'links', ['code_id', 'url_key'], unique=True)
    op.create_index('ix_links_next_check_at', 'links', ['next_check_at'])
    op.create_index('ix_links_host', 'links', ['host', 'next_check_at'])
    op.create_index('ix_links_workspace_id', 'links', ['workspace_id', 'state'])
    op.create_table(
        'link_spans',
        sa.Column('id', _BIG_ID, nullable=False),
        sa.Column('workspace_id', _BIG_ID, nullable=False),
        sa.Column('code_id', _BIG_ID, nullable=False),
        sa.Column('url', sa.String(length=2048), nullable=False),
        sa.Column('url_key', sa.String(length=64), nullable=False),
        sa.Column('outcome', sa.String(length=16), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('checks', sa.Integer(), nullable=False),
        sa.Column('first_at', _AT, nullable=False),
        sa.Column('last_at', _AT, nullable=False),
        sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_link_spans_workspace_id_workspaces'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['code_id'], ['codes.id'], name=op.f('fk_link_spans_code_id_codes'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_spans')),
    )
    op.create_index('ix_link_spans_of_code', 'link_spans', ['code_id', 'url_key', 'id'])
    op.create_index('ix_link_spans_last_at', 'link_spans', ['last_at'])
    op.create_index('ix_link_spans_workspace_id', 'link_spans', ['workspace_id'])


def downgrade() -> None:
    op.drop_table('link_spans')
    op.drop_table('links')
