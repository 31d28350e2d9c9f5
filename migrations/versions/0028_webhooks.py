"""webhooks: endpoints, what they chose, messages and their deliveries"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TIME = sa.DateTime(timezone=True)
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        'webhook_endpoints',
        sa.Column('id', _ID, primary_key=True),
        sa.Column('workspace_id', _ID, sa.ForeignKey('workspaces.id', ondelete='CASCADE', name='fk_webhook_endpoints_workspace_id_workspaces'), nullable=False),
        sa.Column('url', sa.String(2048), nullable=False),
        sa.Column('description', sa.String(200), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('off_reason', sa.String(200), nullable=False),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('previous_secret', sa.Text()),
        sa.Column('previous_until', _TIME),
        sa.Column('failing_since', _TIME),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('told_failing_at', _TIME),
        sa.Column('delivered_at', _TIME),
        sa.Column('resting_until', _TIME),
        sa.Column('lane_holder', sa.String(64)),
        sa.Column('lane_until', _TIME),
        sa.Column('created_at', _TIME, nullable=False),
    )
    op.create_index('ix_webhook_endpoints_workspace_id', 'webhook_endpoints', ['workspace_id'])
    op.create_table(
        'webhook_subscriptions',
        sa.Column('endpoint_id', _ID, sa.ForeignKey('webhook_endpoints.id', ondelete='CASCADE', name='fk_webhook_subscriptions_endpoint_id_webhook_endpoints'), nullable=False),
        sa.Column('event', sa.String(64), nullable=False),
        sa.Column('workspace_id', _ID, nullable=False),
        sa.PrimaryKeyConstraint('endpoint_id', 'event', name='pk_webhook_subscriptions'),
    )
    op.create_index('ix_webhook_subscriptions_event', 'webhook_subscriptions', ['event', 'workspace_id'])
    op.create_table(
        'webhook_facts',
        sa.Column('id', _ID, primary_key=True),
        sa.Column('workspace_id', _ID, nullable=False),
        sa.Column('event', sa.String(64), nullable=False),
        sa.Column('told_at', _TIME, nullable=False),
        sa.Column('items', sa.JSON(), nullable=False),
        sa.Column('visitors', sa.JSON(), nullable=False),
    )
    op.create_index('ix_webhook_facts_told_at', 'webhook_facts', ['told_at'])
    op.create_table(
        'webhook_messages',
        sa.Column('id', sa.String(40), primary_key=True),
        sa.Column('workspace_id', _ID, sa.ForeignKey('workspaces.id', ondelete='CASCADE', name='fk_webhook_messages_workspace_id_workspaces'), nullable=False),
        sa.Column('event', sa.String(64), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('visitors', sa.Text()),
        sa.Column('created_at', _TIME, nullable=False),
    )
    op.create_index('ix_webhook_messages_of_workspace', 'webhook_messages', ['workspace_id', 'created_at'])
    op.create_table(
        'webhook_deliveries',
        sa.Column('id', _ID, primary_key=True),
        sa.Column('workspace_id', _ID, nullable=False),
        sa.Column('endpoint_id', _ID, sa.ForeignKey('webhook_endpoints.id', ondelete='CASCADE', name='fk_webhook_deliveries_endpoint_id_webhook_endpoints'), nullable=False),
        sa.Column('message_id', sa.String(40), sa.ForeignKey('webhook_messages.id', ondelete='CASCADE', name='fk_webhook_deliveries_message_id_webhook_messages'), nullable=False),
        sa.Column('event', sa.String(64), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('created_at', _TIME, nullable=False),
        sa.Column('due_at', _TIME, nullable=False),
        sa.Column('ended_at', _TIME),
        sa.Column('last_status', sa.Integer()),
        sa.Column('last_error', sa.String(300), nullable=False),
    )
    op.create_index('ix_webhook_deliveries_waiting', 'webhook_deliveries', ['endpoint_id', 'due_at'], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_index('ix_webhook_deliveries_of_endpoint', 'webhook_deliveries', ['endpoint_id', 'id'])
    op.create_index('ix_webhook_deliveries_message_id', 'webhook_deliveries', ['message_id'])
    op.create_table(
        'webhook_attempts',
        sa.Column('id', _ID, primary_key=True),
        sa.Column('workspace_id', _ID, nullable=False),
        sa.Column('delivery_id', _ID, sa.ForeignKey('webhook_deliveries.id', ondelete='CASCADE', name='fk_webhook_attempts_delivery_id_webhook_deliveries'), nullable=False),
        sa.Column('at', _TIME, nullable=False),
        sa.Column('elapsed_ms', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer()),
        sa.Column('error', sa.String(300), nullable=False),
        sa.Column('request_headers', sa.Text(), nullable=False),
        sa.Column('answer_headers', sa.Text(), nullable=False),
        sa.Column('answer_body', sa.Text(), nullable=False),
        sa.Column('answer_was_cut', sa.Boolean(), nullable=False),
    )
    op.create_index('ix_webhook_attempts_delivery_id', 'webhook_attempts', ['delivery_id', 'id'])


def downgrade() -> None:
    for table in ('attempts', 'deliveries', 'messages', 'facts', 'subscriptions', 'endpoints'):
        op.drop_table(f'webhook_{table}')
