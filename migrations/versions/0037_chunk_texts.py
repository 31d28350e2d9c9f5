"""chunks are found by their text"""

from alembic import op

revision = '0037'
down_revision = '0036'


def upgrade() -> None:
    with op.batch_alter_table('source_chunks') as batch_op:
        batch_op.create_index(
            'ix_source_chunks_content_hash', ['workspace_id', 'content_hash'], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table('source_chunks') as batch_op:
        batch_op.drop_index('ix_source_chunks_content_hash')
