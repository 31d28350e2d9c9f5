"""vectors beside curated answers; indexes for the nightly purge of conversations"""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'


def upgrade() -> None:
    # The release before knows neither, and writes rows without: a job fills them.
    with op.batch_alter_table('curated_answers') as batch_op:
        batch_op.add_column(sa.Column('vectors', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('vectors_of', sa.String(64), nullable=True))
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.create_index('ix_conversations_last_message_at', ['last_message_at'])
    with op.batch_alter_table('chat_visitors') as batch_op:
        batch_op.create_index('ix_chat_visitors_seen_at', ['seen_at'])


def downgrade() -> None:
    with op.batch_alter_table('chat_visitors') as batch_op:
        batch_op.drop_index('ix_chat_visitors_seen_at')
    with op.batch_alter_table('conversations') as batch_op:
        batch_op.drop_index('ix_conversations_last_message_at')
    with op.batch_alter_table('curated_answers') as batch_op:
        batch_op.drop_column('vectors_of')
        batch_op.drop_column('vectors')
