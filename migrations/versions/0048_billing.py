"""subscriptions, what Stripe sends, and what it is told of scans beyond a plan"""

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = "0047"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
AT = sa.DateTime(timezone=True)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), server_default='', nullable=False)


def _switch(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text('false'), nullable=False)


def _workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ['workspace_id'],
        ['workspaces.id'],
        name=op.f(f'fk_{table}_workspace_id_workspaces'),
        ondelete='CASCADE',
    )


def upgrade() -> None:
    with op.batch_alter_table('workspaces') as batch_op:
        batch_op.add_column(_switch('records_overage'))
    op.create_table(
        'subscriptions',
        sa.Column('workspace_id', BIG, autoincrement=False, nullable=False),
        sa.Column('customer_id', sa.String(64), nullable=True),
        _text('subscription_id', 64),
        _text('item_id', 64),
        _text('metered_item_id', 64),
        _text('status', 32),
        _text('price_id', 64),
        _text('currency', 3),
        sa.Column('plan', sa.String(16), server_default='free', nullable=False),
        _text('granted_plan', 16),
        sa.Column('period_ends_at', AT, nullable=True),
        sa.Column('cancels_at', AT, nullable=True),
        sa.Column('trial_ends_at', AT, nullable=True),
        sa.Column('past_due_since', AT, nullable=True),
        _switch('had_trial'),
        _switch('wants_overage'),
        _text('checkout_id', 128),
        sa.Column('tickets', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('read_ticket', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('read_at', AT, nullable=True),
        sa.Column('created_at', AT, nullable=False),
        _workspace('subscriptions'),
        sa.PrimaryKeyConstraint('workspace_id', name=op.f('pk_subscriptions')),
    )
    op.create_index('uq_subscriptions_customer_id', 'subscriptions', ['customer_id'], unique=True)
    op.create_index('ix_subscriptions_status', 'subscriptions', ['status', 'workspace_id'])
    op.create_table(
        'billing_events',
        sa.Column('id', BIG, nullable=False),
        sa.Column('event_id', sa.String(255), nullable=False),
        sa.Column('workspace_id', sa.BigInteger(), nullable=True),
        sa.Column('type', sa.String(100), nullable=False),
        _text('object_id', 255),
        _text('customer_id', 64),
        sa.Column('created_at', AT, nullable=False),
        sa.Column('received_at', AT, nullable=False),
        sa.Column('handled_at', AT, nullable=True),
        _text('outcome', 32),
        _text('error', 500),
        sa.Column('payload', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_billing_events')),
        sa.UniqueConstraint('event_id', name=op.f('uq_billing_events_event_id')),
    )
    op.create_index('ix_billing_events_workspace_id', 'billing_events', ['workspace_id'])
    op.create_index('ix_billing_events_received_at', 'billing_events', ['received_at'])
    op.create_index(
        'ix_billing_events_waiting',
        'billing_events',
        ['received_at', 'id'],
        sqlite_where=sa.text('handled_at IS NULL'),
        postgresql_where=sa.text('handled_at IS NULL'),
    )
    op.create_table(
        'billing_notices',
        sa.Column('workspace_id', BIG, autoincrement=False, nullable=False),
        sa.Column('notice', sa.String(160), nullable=False),
        sa.Column('told_at', AT, nullable=False),
        _workspace('billing_notices'),
        sa.PrimaryKeyConstraint('workspace_id', 'notice', name=op.f('pk_billing_notices')),
    )
    op.create_table(
        'meter_months',
        sa.Column('workspace_id', BIG, autoincrement=False, nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('counted', sa.BigInteger(), nullable=False),
        sa.Column('billable', sa.BigInteger(), nullable=False),
        _workspace('meter_months'),
        sa.PrimaryKeyConstraint('workspace_id', 'month', name=op.f('pk_meter_months')),
    )
    op.create_table(
        'meter_batches',
        sa.Column('id', BIG, nullable=False),
        sa.Column('workspace_id', BIG, nullable=False),
        sa.Column('customer_id', sa.String(64), nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('units', sa.BigInteger(), nullable=False),
        sa.Column('identifier', sa.String(100), nullable=False),
        sa.Column('happened_at', AT, nullable=False),
        sa.Column('first_tried_at', AT, nullable=True),
        sa.Column('sent_at', AT, nullable=True),
        _text('error', 300),
        _workspace('meter_batches'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_meter_batches')),
        sa.UniqueConstraint('identifier', name=op.f('uq_meter_batches_identifier')),
    )
    op.create_index('ix_meter_batches_workspace_id', 'meter_batches', ['workspace_id', 'month'])
    op.create_index(
        'ix_meter_batches_waiting',
        'meter_batches',
        ['id'],
        sqlite_where=sa.text('sent_at IS NULL'),
        postgresql_where=sa.text('sent_at IS NULL'),
    )


def downgrade() -> None:
    for table in (
        'meter_batches',
        'meter_months',
        'billing_notices',
        'billing_events',
        'subscriptions',
    ):
        op.drop_table(table)
    with op.batch_alter_table('workspaces') as batch_op:
        batch_op.drop_column('records_overage')
