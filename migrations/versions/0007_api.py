"""Who made an API token, and answers kept for repeated requests

Revision ID: 0007
Revises: 0006
"""
from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now only the command line made tokens, which is what the defaults say; they also let
    # the previous release go on making them.
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.add_column(sa.Column('created_by_kind', sa.String(length=16), server_default='system', nullable=False))
        batch_op.add_column(sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('created_by_name', sa.String(length=254), server_default='Command line', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_api_tokens_created_by_id_people'), 'people', ['created_by_id'], ['id'], ondelete='SET NULL')

    op.create_table('kept_answers',
    sa.Column('client_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('client_id', 'key', name=op.f('pk_kept_answers'))
    )
    with op.batch_alter_table('kept_answers', schema=None) as batch_op:
        batch_op.create_index('ix_kept_answers_created_at', ['created_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('kept_answers', schema=None) as batch_op:
        batch_op.drop_index('ix_kept_answers_created_at')

    op.drop_table('kept_answers')
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_api_tokens_created_by_id_people'), type_='foreignkey')
        batch_op.drop_column('created_by_name')
        batch_op.drop_column('created_by_id')
        batch_op.drop_column('created_by_kind')
