"""proven addresses, and messages that wait outside of the ledger"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'

# A link that was mailed to the address the account has now was opened before.
_BY_MAIL = """
UPDATE people SET verified_at = (
    SELECT MAX(at) FROM audit_entries WHERE subject_kind = 'person'
    AND action IN ('account.password_reset', 'account.email_changed')
    AND subject_id = CAST(people.id AS VARCHAR(64)) AND subject_name = people.email)
"""

# Google has said so of this very address.
_BY_GOOGLE = """
UPDATE people SET verified_at = (
    SELECT MAX(linked_at) FROM identities
    WHERE identities.person_id = people.id AND identities.email = people.email)
WHERE verified_at IS NULL
"""


def upgrade() -> None:
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(_BY_MAIL)
    op.execute(_BY_GOOGLE)

    op.create_table('mail_bodies',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('encrypted', sa.Text(), nullable=False),
    sa.Column('to_stranger', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['mail_log.id'], name=op.f('fk_mail_bodies_record_id_mail_log'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_mail_bodies'))
    )


def downgrade() -> None:
    op.drop_table('mail_bodies')
    # Not in a batch: that would make the table anew, and what points to it would go with the old one.
    op.drop_column('people', 'verified_at')
