"""sheets of codes to be printed"""

import sqlalchemy as sa
from alembic import op

revision = '0055'
down_revision = '0054'

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'print_sheets',
        sa.Column('id', ID, nullable=False),
        sa.Column('workspace_id', ID, nullable=False),
        sa.Column('person_id', ID, nullable=True),
        sa.Column('options', sa.JSON(), nullable=False),
        sa.Column('code_ids', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('problem', sa.String(300), nullable=False),
        sa.Column('pages', sa.Integer(), nullable=False),
        sa.Column('size', ID, nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('ended_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ['workspace_id'], ['workspaces.id'],
            name=op.f('fk_print_sheets_workspace_id_workspaces'), ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['people.id'],
            name=op.f('fk_print_sheets_person_id_people'), ondelete='SET NULL',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_print_sheets')),
    )
    op.create_index('ix_print_sheets_of_workspace', 'print_sheets', ['workspace_id', 'id'])


def downgrade() -> None:
    op.drop_table('print_sheets')
