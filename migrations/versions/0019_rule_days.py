"""scans by rule and day"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('rule_days',
    sa.Column('workspace_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('code_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('rule_id', _BIG_ID, autoincrement=False, nullable=False),
    sa.Column('variant', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hits', _BIG_ID, nullable=False),
    sa.Column('people', _BIG_ID, nullable=False),
    sa.PrimaryKeyConstraint('workspace_id', 'code_id', 'rule_id', 'variant', 'day', name=op.f('pk_rule_days'))
    )


def downgrade() -> None:
    op.drop_table('rule_days')
