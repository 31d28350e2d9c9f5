"""jobs: the ledger, its attempts and tags, workers, pauses, schedule and snapshots

New tables only, so the release before runs on as if they were not there.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_AT = sa.DateTime(timezone=True)


def _partial_index(name, columns, where, unique=False):
    condition = sa.text(where)
    op.create_index(
        name, 'jobs', columns, unique=unique, postgresql_where=condition, sqlite_where=condition
    )


def upgrade() -> None:
    op.create_table('jobs',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('queue', sa.String(length=32), nullable=False),
    sa.Column('task', sa.String(length=120), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('unique_key', sa.String(length=200), nullable=True),
    sa.Column('timeout_seconds', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('tries_used', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('created_at', _AT, nullable=False),
    sa.Column('queued_at', _AT, nullable=False),
    sa.Column('due_at', _AT, nullable=False),
    sa.Column('send_at', _AT, nullable=True),
    sa.Column('sent_at', _AT, nullable=True),
    sa.Column('started_at', _AT, nullable=True),
    sa.Column('lease_until', _AT, nullable=True),
    sa.Column('finished_at', _AT, nullable=True),
    sa.Column('worker', sa.String(length=120), nullable=True),
    sa.Column('wait_ms', _BIG, nullable=True),
    sa.Column('run_ms', _BIG, nullable=True),
    sa.Column('error_class', sa.String(length=200), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('log', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs'))
    )
    _partial_index('ix_jobs_waiting', ['queue', 'due_at'], "state = 'queued'")
    _partial_index('ix_jobs_to_send', ['send_at'], "send_at IS NOT NULL")
    _partial_index('ix_jobs_leases', ['lease_until'], "state = 'running'")
    _partial_index('ix_jobs_failures', ['id'], "state = 'failed'")
    _partial_index('ix_jobs_finished', ['finished_at'], "finished_at IS NOT NULL")
    _partial_index('uq_jobs_unique_key', ['unique_key'], "unique_key IS NOT NULL", unique=True)
    op.create_index('ix_jobs_of_queue', 'jobs', ['queue', 'state', 'id'])
    op.create_index('ix_jobs_of_task', 'jobs', ['task', 'state', 'id'])

    op.create_table('job_attempts',
    sa.Column('job_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('started_at', _AT, nullable=True),
    sa.Column('finished_at', _AT, nullable=False),
    sa.Column('worker', sa.String(length=120), nullable=True),
    sa.Column('error_class', sa.String(length=200), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('traceback', sa.Text(), nullable=True),
    sa.Column('log', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_attempts_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_id', 'number', name=op.f('pk_job_attempts'))
    )
    op.create_table('job_tags',
    sa.Column('tag', sa.String(length=100), nullable=False),
    sa.Column('job_id', _BIG, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_tags_job_id_jobs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('tag', 'job_id', name=op.f('pk_job_tags'))
    )
    op.create_index('ix_job_tags_job_id', 'job_tags', ['job_id'])

    op.create_table('queue_states',
    sa.Column('queue', sa.String(length=32), nullable=False),
    sa.Column('paused_at', _AT, nullable=True),
    sa.PrimaryKeyConstraint('queue', name=op.f('pk_queue_states'))
    )
    op.create_table('workers',
    sa.Column('id', sa.String(length=120), nullable=False),
    sa.Column('host', sa.String(length=80), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('queues', sa.String(length=200), nullable=False),
    sa.Column('started_at', _AT, nullable=False),
    sa.Column('seen_at', _AT, nullable=False),
    sa.Column('job_id', _BIG, nullable=True),
    sa.Column('rss_bytes', _BIG, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workers'))
    )
    op.create_table('schedule_runs',
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('minute_at', _AT, nullable=False),
    sa.Column('taken_at', _AT, nullable=False),
    sa.PrimaryKeyConstraint('name', 'minute_at', name=op.f('pk_schedule_runs'))
    )
    op.create_table('job_snapshots',
    sa.Column('at', _AT, nullable=False),
    sa.Column('queue', sa.String(length=32), nullable=False),
    sa.Column('task', sa.String(length=120), nullable=False),
    sa.Column('depth', _BIG, nullable=False),
    sa.Column('oldest_wait_ms', _BIG, nullable=False),
    sa.Column('done', _BIG, nullable=False),
    sa.Column('failed', _BIG, nullable=False),
    sa.Column('wait_p50_ms', _BIG, nullable=True),
    sa.Column('wait_p95_ms', _BIG, nullable=True),
    sa.Column('wait_p99_ms', _BIG, nullable=True),
    sa.Column('run_p50_ms', _BIG, nullable=True),
    sa.Column('run_p95_ms', _BIG, nullable=True),
    sa.Column('run_p99_ms', _BIG, nullable=True),
    sa.PrimaryKeyConstraint('at', 'queue', 'task', name=op.f('pk_job_snapshots'))
    )


def downgrade() -> None:
    for table in (
        'job_snapshots', 'schedule_runs', 'workers', 'queue_states', 'job_tags', 'job_attempts',
        'jobs',
    ):
        op.drop_table(table)
