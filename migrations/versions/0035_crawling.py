"""crawling: turns of hosts, and what sites say to crawlers"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'


def upgrade() -> None:
    op.create_table('crawl_hosts',
    sa.Column('host', sa.String(length=260), nullable=False),
    sa.Column('next_at', sa.Float(precision=53), nullable=False),
    sa.Column('rests_until', sa.Float(precision=53), nullable=False),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_crawl_hosts'))
    )
    op.create_table('crawl_robots',
    sa.Column('origin', sa.String(length=270), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('trouble', sa.String(length=40), nullable=False),
    sa.Column('sentence', sa.String(length=300), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_crawl_robots'))
    )


def downgrade() -> None:
    op.drop_table('crawl_robots')
    op.drop_table('crawl_hosts')
