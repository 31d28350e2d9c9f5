"""alert rules, alerts, and what their evaluation keeps"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def _id() -> sa.Column:
    return sa.Column('id', _BIG_ID, nullable=False)


def _workspace_id() -> sa.Column:
    return sa.Column('workspace_id', _BIG_ID, nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ['workspace_id'], ['workspaces.id'],
        name=op.f(f'fk_{table}_workspace_id_workspaces'), ondelete='CASCADE')


def _to_rule(table: str, ondelete: str = 'CASCADE') -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ['rule_id'], ['alert_rules.id'],
        name=op.f(f'fk_{table}_rule_id_alert_rules'), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        'alert_rules',
        _id(),
        _workspace_id(),
        sa.Column('code_id', _BIG_ID, nullable=True),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('threshold', _BIG_ID, nullable=True),
        sa.Column('window_minutes', sa.Integer(), nullable=True),
        sa.Column('roles', sa.String(length=100), server_default='', nullable=False),
        sa.Column('is_paused', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        _moment('snoozed_until', nullable=True),
        _moment('created_at'),
        _to_workspace('alert_rules'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rules')),
    )
    op.create_index('ix_alert_rules_of_workspace', 'alert_rules', ['workspace_id', 'id'])
    op.create_index('ix_alert_rules_kind', 'alert_rules', ['kind', 'window_minutes'])
    op.create_table(
        'alert_addresses',
        _id(),
        _workspace_id(),
        sa.Column('rule_id', _BIG_ID, nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        _to_workspace('alert_addresses'),
        _to_rule('alert_addresses'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_addresses')),
        sa.UniqueConstraint('rule_id', 'email', name=op.f('uq_alert_addresses_rule_id_email')),
    )
    op.create_table(
        'alert_channels',
        _id(),
        _workspace_id(),
        sa.Column('rule_id', _BIG_ID, nullable=False),
        sa.Column('service', sa.String(length=16), nullable=False),
        sa.Column('label', sa.String(length=120), nullable=False),
        sa.Column('encrypted', sa.Text(), nullable=False),
        sa.Column('failure', sa.String(length=300), server_default='', nullable=False),
        _moment('sent_at', nullable=True),
        _to_workspace('alert_channels'),
        _to_rule('alert_channels'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_channels')),
    )
    op.create_index('ix_alert_channels_rule_id', 'alert_channels', ['rule_id'])
    op.create_table(
        'alert_states',
        sa.Column('rule_id', _BIG_ID, nullable=False),
        sa.Column('subject_key', sa.String(length=80), nullable=False),
        _workspace_id(),
        sa.Column('is_open', sa.Boolean(), nullable=False),
        sa.Column('alert_id', _BIG_ID, nullable=True),
        _moment('quiet_until'),
        _to_workspace('alert_states'),
        _to_rule('alert_states'),
        sa.PrimaryKeyConstraint('rule_id', 'subject_key', name=op.f('pk_alert_states')),
    )
    op.create_table(
        'alerts',
        _id(),
        _workspace_id(),
        sa.Column('rule_id', _BIG_ID, nullable=True),
        sa.Column('code_id', _BIG_ID, nullable=True),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('title', sa.String(length=300), nullable=False),
        sa.Column('detail', sa.String(length=1000), nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        _moment('raised_at'),
        _moment('recovered_at', nullable=True),
        _to_workspace('alerts'),
        _to_rule('alerts', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    )
    op.create_index('ix_alerts_of_workspace', 'alerts', ['workspace_id', 'id'])
    op.create_index('ix_alerts_rule_id', 'alerts', ['rule_id', 'id'])
    op.create_table(
        'alerts_seen',
        _workspace_id(),
        sa.Column('person_id', _BIG_ID, nullable=False),
        sa.Column('alert_id', _BIG_ID, nullable=False),
        _to_workspace('alerts_seen'),
        sa.ForeignKeyConstraint(
            ['person_id'], ['people.id'],
            name=op.f('fk_alerts_seen_person_id_people'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('workspace_id', 'person_id', name=op.f('pk_alerts_seen')),
    )
    op.create_table(
        'scan_minutes',
        _workspace_id(),
        sa.Column('code_id', _BIG_ID, nullable=False),
        _moment('minute_at'),
        sa.Column('people', _BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'minute_at', name=op.f('pk_scan_minutes')),
    )
    op.create_index('ix_scan_minutes_minute_at', 'scan_minutes', ['minute_at'])
    op.create_table(
        'quota_marks',
        _workspace_id(),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        _moment('reached_at'),
        _to_workspace('quota_marks'),
        sa.PrimaryKeyConstraint('workspace_id', 'month', 'level', name=op.f('pk_quota_marks')),
    )
    op.create_table(
        'alert_rounds',
        sa.Column('name', sa.String(length=16), nullable=False),
        _moment('judged_until'),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_alert_rounds')),
    )


def downgrade() -> None:
    for table in (
        'alert_rounds', 'quota_marks', 'scan_minutes', 'alerts_seen', 'alerts', 'alert_states',
        'alert_channels', 'alert_addresses', 'alert_rules',
    ):
        op.drop_table(table)
