"""how codes look: designs, templates, logos, brand colours, and what checks of them found"""

import sqlalchemy as sa
from alembic import op

revision = '0053'
down_revision = '0052'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Without a default and nullable: the table is not rewritten.
    op.add_column('codes', sa.Column('design', sa.JSON(), nullable=True))
    op.create_table(
        'design_templates',
        sa.Column('id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('name', sa.String(100), nullable=False),
        sa.Column('design', sa.JSON(), nullable=False),
        sa.Column('is_default', sa.Boolean(), nullable=False),
        sa.Column('created_by_id', ID, nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('updated_at', TIME, nullable=False),
        _workspace('design_templates'),
        _person('design_templates', 'created_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_design_templates')),
    )
    op.create_index('ix_design_templates_of_workspace', 'design_templates', ['workspace_id', 'id'])
    op.create_table(
        'design_images',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('name', sa.String(255), nullable=False),
        sa.Column('kind', sa.String(8), nullable=False),
        sa.Column('width', sa.Float(), nullable=False),
        sa.Column('height', sa.Float(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('created_by_id', ID, nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        _workspace('design_images'),
        _person('design_images', 'created_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_design_images')),
    )
    op.create_index('ix_design_images_of_workspace', 'design_images', ['workspace_id', 'created_at', 'id'])
    op.create_table(
        'design_brands',
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('colours', sa.JSON(), nullable=False),
        sa.Column('updated_at', TIME, nullable=False),
        _workspace('design_brands'),
        sa.PrimaryKeyConstraint('workspace_id', name=op.f('pk_design_brands')),
    )
    op.create_table(
        'design_edits',
        sa.Column('id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('made_by_id', ID, nullable=True),
        sa.Column('made_at', TIME, nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        _workspace('design_edits'),
        _person('design_edits', 'made_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_design_edits')),
    )
    op.create_index('ix_design_edits_of_workspace', 'design_edits', ['workspace_id', 'id'])
    op.create_table(
        'scan_checks',
        sa.Column('id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('code_id', ID, nullable=False),
        sa.Column('digest', sa.String(64), nullable=False),
        sa.Column('verdict', sa.String(16), nullable=False),
        sa.Column('report', sa.JSON(), nullable=False),
        sa.Column('checked_at', TIME, nullable=False),
        sa.Column('overridden_by_id', ID, nullable=True),
        sa.Column('overridden_at', TIME, nullable=True),
        _workspace('scan_checks'),
        sa.ForeignKeyConstraint(
            ['code_id'], ['codes.id'], name=op.f('fk_scan_checks_code_id_codes'), ondelete='CASCADE'
        ),
        _person('scan_checks', 'overridden_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_checks')),
    )
    op.create_index('uq_scan_checks_code_id_digest', 'scan_checks', ['code_id', 'digest'], unique=True)
    op.create_index('ix_scan_checks_of_workspace', 'scan_checks', ['workspace_id'])


def downgrade() -> None:
    for table in ('scan_checks', 'design_edits', 'design_brands', 'design_images', 'design_templates'):
        op.drop_table(table)
    op.drop_column('codes', 'design')


def _workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ['workspace_id'], ['workspaces.id'],
        name=op.f(f'fk_{table}_workspace_id_workspaces'), ondelete='CASCADE',
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ['people.id'], name=op.f(f'fk_{table}_{column}_people'), ondelete='SET NULL'
    )
