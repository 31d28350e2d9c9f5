"""Jobs go when what they speak of goes: their arguments may hold a person's data."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pitchbar.core.database import changed_rows
from pitchbar.jobs.ledger.models import RUNNING, Job, JobTag


def forget_jobs(tags: Sequence[str], *, on: Session) -> int:
    """Deletes the jobs with any of the tags, in the caller's transaction, whatever became of them;
    one that runs just now stays. Returns how many went.
    """
    tagged = select(JobTag.job_id).where(JobTag.tag.in_(tags))
    return changed_rows(on, delete(Job).where(Job.id.in_(tagged), Job.state != RUNNING))
