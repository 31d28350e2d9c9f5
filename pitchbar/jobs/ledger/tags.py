"""Jobs by their tags, for features that must forget what they hold."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pitchbar.core.database import changed_rows
from pitchbar.jobs.ledger.models import RUNNING, Job, JobTag


def delete_tagged_jobs(session: Session, tags: Collection[str]) -> int:
    """Deletes the jobs that have one of the tags, with their attempts, except those that run;
    returns how many.
    """
    tagged = select(JobTag.job_id).where(JobTag.tag.in_(tags))
    gone = delete(Job).where(Job.id.in_(tagged), Job.state != RUNNING)
    return changed_rows(session, gone.execution_options(synchronize_session=False))
