"""breakdowns of days that are over"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('rolled_days',
    *_scope(),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('end_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'day', name=op.f('pk_rolled_days'))
    )
    op.create_table('scan_breakdowns',
    *_scope(),
    *_value(),
    sa.Column('hits', sa.BigInteger(), nullable=False),
    sa.Column('people', sa.BigInteger(), nullable=False),
    sa.Column('unique_people', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'day', 'dimension', 'value', name=op.f('pk_scan_breakdowns'))
    )
    op.create_table('conversion_breakdowns',
    *_scope(),
    *_value(),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('conversions', sa.BigInteger(), nullable=False),
    sa.Column('value_minor', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'day', 'dimension', 'value', 'currency', name=op.f('pk_conversion_breakdowns'))
    )


def downgrade() -> None:
    for name in ('conversion_breakdowns', 'scan_breakdowns', 'rolled_days'):
        op.drop_table(name)


def _scope() -> list[sa.Column]:
    return [
        sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
    ]


def _value() -> list[sa.Column]:
    return [
        sa.Column('dimension', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('value', sa.String(length=255), nullable=False),
    ]
