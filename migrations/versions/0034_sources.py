"""sources: what they are, their generations, pages, documents, chunks and embeddings"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'


def upgrade() -> None:
    op.create_table('sources',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('url', sa.String(length=2048), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('file_key', sa.String(length=300), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('file_type', sa.String(length=100), nullable=False),
    sa.Column('file_bytes', sa.Integer(), nullable=False),
    sa.Column('include', sa.JSON(), nullable=False),
    sa.Column('exclude', sa.JSON(), nullable=False),
    sa.Column('hosts', sa.JSON(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('page_cap', sa.Integer(), nullable=False),
    sa.Column('schedule', sa.String(length=16), nullable=False),
    sa.Column('next_crawl_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('error_is_transient', sa.Boolean(), nullable=False),
    sa.Column('retries', sa.Integer(), nullable=False),
    sa.Column('active_generation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspaces.id'], name=op.f('fk_sources_workspace_id_workspaces'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sources'))
    )
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.create_index('ix_sources_next_crawl_at', ['next_crawl_at'], unique=False)
        batch_op.create_index('ix_sources_workspace_id', ['workspace_id', 'id'], unique=False)

    op.create_table('source_documents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.String(length=2048), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('markdown', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_source_documents_source_id_sources'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_documents'))
    )
    with op.batch_alter_table('source_documents', schema=None) as batch_op:
        batch_op.create_index('ix_source_documents_content_hash', ['source_id', 'content_hash'], unique=False)
        batch_op.create_index('ix_source_documents_workspace_id', ['workspace_id'], unique=False)

    op.create_table('source_generations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('held_reason', sa.String(length=300), nullable=False),
    sa.Column('held_facts', sa.JSON(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('documents', sa.Integer(), nullable=False),
    sa.Column('chunks', sa.Integer(), nullable=False),
    sa.Column('indexed_chunks', sa.Integer(), nullable=False),
    sa.Column('embedding_model', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('indexed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('activated_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], name=op.f('fk_source_generations_source_id_sources'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_generations')),
    sa.UniqueConstraint('source_id', 'number', name='uq_source_generations_source_id')
    )
    with op.batch_alter_table('source_generations', schema=None) as batch_op:
        batch_op.create_index('ix_source_generations_state', ['state'], unique=False)

    op.create_table('source_chunks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('document_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['source_documents.id'], name=op.f('fk_source_chunks_document_id_source_documents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_chunks')),
    sa.UniqueConstraint('document_id', 'position', name='uq_source_chunks_document_id')
    )
    with op.batch_alter_table('source_chunks', schema=None) as batch_op:
        batch_op.create_index('ix_source_chunks_workspace_id', ['workspace_id'], unique=False)

    op.create_table('source_pages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('generation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('url', sa.String(length=2048), nullable=False),
    sa.Column('url_hash', sa.String(length=64), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('found_in', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.String(length=500), nullable=False),
    sa.Column('is_transient', sa.Boolean(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('releases', sa.Integer(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('hops', sa.JSON(), nullable=False),
    sa.Column('robots', sa.String(length=300), nullable=False),
    sa.Column('canonical', sa.String(length=2048), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('characters_in', sa.Integer(), nullable=False),
    sa.Column('characters_kept', sa.Integer(), nullable=False),
    sa.Column('elapsed_ms', sa.Integer(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('etag', sa.String(length=300), nullable=False),
    sa.Column('last_modified', sa.String(length=100), nullable=False),
    sa.Column('document_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['source_documents.id'], name=op.f('fk_source_pages_document_id_source_documents'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['generation_id'], ['source_generations.id'], name=op.f('fk_source_pages_generation_id_source_generations'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_pages')),
    sa.UniqueConstraint('generation_id', 'url_hash', name='uq_source_pages_generation_id')
    )
    with op.batch_alter_table('source_pages', schema=None) as batch_op:
        batch_op.create_index('ix_source_pages_document_id', ['document_id'], unique=False)
        batch_op.create_index('ix_source_pages_state', ['generation_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_source_pages_workspace_id', ['workspace_id'], unique=False)

    op.create_table('source_embeddings',
    sa.Column('chunk_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('model', sa.String(length=120), nullable=False),
    sa.Column('workspace_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['chunk_id'], ['source_chunks.id'], name=op.f('fk_source_embeddings_chunk_id_source_chunks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('chunk_id', 'model', name=op.f('pk_source_embeddings'))
    )
    with op.batch_alter_table('source_embeddings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_source_embeddings_workspace_id'), ['workspace_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('source_embeddings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_source_embeddings_workspace_id'))

    op.drop_table('source_embeddings')
    with op.batch_alter_table('source_pages', schema=None) as batch_op:
        batch_op.drop_index('ix_source_pages_workspace_id')
        batch_op.drop_index('ix_source_pages_state')
        batch_op.drop_index('ix_source_pages_document_id')

    op.drop_table('source_pages')
    with op.batch_alter_table('source_chunks', schema=None) as batch_op:
        batch_op.drop_index('ix_source_chunks_workspace_id')

    op.drop_table('source_chunks')
    with op.batch_alter_table('source_generations', schema=None) as batch_op:
        batch_op.drop_index('ix_source_generations_state')

    op.drop_table('source_generations')
    with op.batch_alter_table('source_documents', schema=None) as batch_op:
        batch_op.drop_index('ix_source_documents_workspace_id')
        batch_op.drop_index('ix_source_documents_content_hash')

    op.drop_table('source_documents')
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.drop_index('ix_sources_workspace_id')
        batch_op.drop_index('ix_sources_next_crawl_at')

    op.drop_table('sources')
