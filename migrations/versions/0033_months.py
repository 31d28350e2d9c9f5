"""breakdowns of months"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_SCOPE = ('workspace_id', 'code_id', 'month')


def upgrade() -> None:
    op.add_column('rolled_days', sa.Column('token', sa.BigInteger(), nullable=True))
    op.create_table('rolled_months',
    *_scope(),
    sa.Column('tokens', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint(*_SCOPE, name=op.f('pk_rolled_months'))
    )
    op.create_table('scan_month_breakdowns',
    *_scope(),
    *_value(),
    sa.Column('hits', sa.BigInteger(), nullable=False),
    sa.Column('people', sa.BigInteger(), nullable=False),
    sa.Column('unique_people', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint(*_SCOPE, 'dimension', 'value', name=op.f('pk_scan_month_breakdowns'))
    )
    op.create_table('conversion_month_breakdowns',
    *_scope(),
    *_value(),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('conversions', sa.BigInteger(), nullable=False),
    sa.Column('value_minor', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint(*_SCOPE, 'dimension', 'value', 'currency', name=op.f('pk_conversion_month_breakdowns'))
    )


def downgrade() -> None:
    for name in ('conversion_month_breakdowns', 'scan_month_breakdowns', 'rolled_months'):
        op.drop_table(name)
    with op.batch_alter_table('rolled_days') as batch:
        batch.drop_column('token')


def _scope() -> list[sa.Column]:
    return [
        sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
    ]


def _value() -> list[sa.Column]:
    return [
        sa.Column('dimension', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('value', sa.String(length=255), nullable=False),
    ]
