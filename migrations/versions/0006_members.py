"""members"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)
OPEN = sa.text('accepted_at IS NULL AND revoked_at IS NULL')
OWNER = sa.text("role = 'owner'")

def upgrade() -> None:
    # Plain ADD COLUMN, not a batch: on SQLite a batch drops the old table, and the rows that
    # refer to it would go with it.
    # Defaults in the database, so that the release before this one can still add workspaces.
    op.add_column('workspaces', sa.Column('plan', sa.String(length=16), nullable=False, server_default='free'))
    op.add_column('workspaces', sa.Column('default_utm_source', sa.String(length=255), nullable=False, server_default=''))
    op.add_column('workspaces', sa.Column('default_utm_medium', sa.String(length=255), nullable=False, server_default=''))
    op.add_column('workspaces', sa.Column('default_error_correction', sa.String(length=1), nullable=False, server_default='M'))
    op.add_column('workspaces', sa.Column('fallback_url', sa.String(length=2048), nullable=False, server_default=''))
    op.add_column('workspaces', sa.Column('guide_closed_at', TIME, nullable=True))
    op.add_column('workspaces', sa.Column('deletion_asked_at', TIME, nullable=True))
    op.add_column('workspaces', sa.Column('purged_at', TIME, nullable=True))
    op.add_column('memberships', sa.Column('last_seen_at', TIME, nullable=True))
    op.create_index('uq_memberships_owner', 'memberships', ['workspace_id'], unique=True, sqlite_where=OWNER, postgresql_where=OWNER)
    # Workspaces with codes have found their way without the guide of the first minutes.
    op.execute('UPDATE workspaces SET guide_closed_at = CURRENT_TIMESTAMP WHERE EXISTS (SELECT 1 FROM codes WHERE codes.workspace_id = workspaces.id)')

    op.create_table('old_slugs',
    sa.Column('slug', sa.String(length=48), nullable=False),
    sa.Column('workspace_id', BIG_ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_old_slugs_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_old_slugs'))
    )
    op.create_index(op.f('ix_old_slugs_workspace_id'), 'old_slugs', ['workspace_id'], unique=False)

    op.create_table('ownership_offers',
    sa.Column('workspace_id', BIG_ID, autoincrement=False, nullable=False),
    sa.Column('membership_id', BIG_ID, nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['memberships.id'], name=op.f('fk_ownership_offers_membership_id_memberships'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_ownership_offers_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('workspace_id', name=op.f('pk_ownership_offers'))
    )
    op.create_index(op.f('ix_ownership_offers_membership_id'), 'ownership_offers', ['membership_id'], unique=False)

    op.create_table('invitations',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('workspace_id', BIG_ID, nullable=False),
    sa.Column('invited_by_id', BIG_ID, nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('expires_at', TIME, nullable=False),
    sa.Column('accepted_at', TIME, nullable=True),
    sa.Column('revoked_at', TIME, nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['people.id'], name=op.f('fk_invitations_invited_by_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_invitations_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations'))
    )
    op.create_index('ix_invitations_of_workspace', 'invitations', ['workspace_id', 'id'], unique=False)
    op.create_index(op.f('ix_invitations_invited_by_id'), 'invitations', ['invited_by_id'], unique=False)
    op.create_index('uq_invitations_open', 'invitations', ['workspace_id', 'email'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table('mail_log',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('template', sa.String(length=64), nullable=False),
    sa.Column('to', sa.String(length=254), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('queued_at', TIME, nullable=False),
    sa.Column('finished_at', TIME, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_log'))
    )
    op.create_index('ix_mail_log_queued_at', 'mail_log', ['queued_at'], unique=False)
    op.create_index('ix_mail_log_reference', 'mail_log', ['reference', 'id'], unique=False)
    op.create_index('ix_mail_log_state', 'mail_log', ['state', 'finished_at'], unique=False)


def downgrade() -> None:
    for table in ('mail_log', 'invitations', 'ownership_offers', 'old_slugs'):
        op.drop_table(table)
    op.drop_index('uq_memberships_owner', table_name='memberships')
    op.drop_column('memberships', 'last_seen_at')
    op.drop_column('workspaces', 'purged_at')
    op.drop_column('workspaces', 'deletion_asked_at')
    op.drop_column('workspaces', 'guide_closed_at')
    op.drop_column('workspaces', 'fallback_url')
    op.drop_column('workspaces', 'default_error_correction')
    op.drop_column('workspaces', 'default_utm_medium')
    op.drop_column('workspaces', 'default_utm_source')
    op.drop_column('workspaces', 'plan')
