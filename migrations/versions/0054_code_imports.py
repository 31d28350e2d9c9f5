"""imports of codes from files"""

import sqlalchemy as sa
from alembic import op

revision = '0054'
down_revision = '0053'

TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'code_imports',
        sa.Column('id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('made_by_id', ID, nullable=True),
        sa.Column('made_by_program', sa.String(254), nullable=False),
        sa.Column('file_name', sa.String(255), nullable=False),
        sa.Column('file_key', sa.String(255), nullable=False),
        sa.Column('size', ID, nullable=False),
        sa.Column('origin', sa.String(32), nullable=False),
        sa.Column('columns', sa.JSON(), nullable=False),
        sa.Column('first_rows', sa.JSON(), nullable=False),
        sa.Column('mapping', sa.JSON(), nullable=False),
        sa.Column('options', sa.JSON(), nullable=False),
        sa.Column('goal', sa.String(16), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('checked', sa.Integer(), nullable=False),
        sa.Column('to_create', sa.Integer(), nullable=False),
        sa.Column('skipped', sa.Integer(), nullable=False),
        sa.Column('error_count', sa.Integer(), nullable=False),
        sa.Column('created', sa.Integer(), nullable=False),
        sa.Column('removed', sa.Integer(), nullable=False),
        sa.Column('problem', sa.Text(), nullable=False),
        sa.Column('sample', sa.JSON(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('ended_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_code_imports_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['made_by_id'],
            ['people.id'],
            name=op.f('fk_code_imports_made_by_id_people'),
            ondelete='SET NULL',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_code_imports')),
    )
    op.create_index('ix_code_imports_of_workspace', 'code_imports', ['workspace_id', 'id'])
    op.create_index('ix_code_imports_state', 'code_imports', ['state', 'created_at'])
    op.create_table(
        'code_import_errors',
        sa.Column('id', ID, nullable=False),
        sa.Column('import_id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('row_number', sa.Integer(), nullable=False),
        sa.Column('column_name', sa.String(200), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ['import_id'],
            ['code_imports.id'],
            name=op.f('fk_code_import_errors_import_id_code_imports'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_code_import_errors_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_code_import_errors')),
    )
    op.create_index('ix_code_import_errors_of_import', 'code_import_errors', ['import_id', 'id'])
    op.create_table(
        'imported_codes',
        sa.Column('import_id', ID, autoincrement=False, nullable=False),
        sa.Column('code_id', ID, autoincrement=False, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.ForeignKeyConstraint(
            ['import_id'],
            ['code_imports.id'],
            name=op.f('fk_imported_codes_import_id_code_imports'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['code_id'],
            ['codes.id'],
            name=op.f('fk_imported_codes_code_id_codes'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['workspace_id'],
            ['workspaces.id'],
            name=op.f('fk_imported_codes_workspace_id_workspaces'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('import_id', 'code_id', name=op.f('pk_imported_codes')),
    )
    op.create_index('ix_imported_codes_code_id', 'imported_codes', ['code_id'])


def downgrade() -> None:
    op.drop_table('imported_codes')
    op.drop_table('code_import_errors')
    op.drop_table('code_imports')
