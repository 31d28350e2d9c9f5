"""what a model makes of each word of a chunk"""

import sqlalchemy as sa
from alembic import op

revision = '0058'
down_revision = '0057'


def upgrade() -> None:
    op.add_column('source_embeddings', sa.Column('token_vectors', sa.LargeBinary(), nullable=True))
    op.create_index(
        'ix_source_embeddings_unread', 'source_embeddings', ['model', 'chunk_id'],
        sqlite_where=sa.text('token_vectors IS NULL'),
        postgresql_where=sa.text('token_vectors IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_source_embeddings_unread', table_name='source_embeddings')
    op.drop_column('source_embeddings', 'token_vectors')
