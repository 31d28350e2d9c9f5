from pitchbar.curation import vectors
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task

# Each has up to 21 questions of about 20 ms.
_AT_ONCE = 100


@task(queue=Queue.INDEX, tries=1, timeout=90, schedule=every.minutes(10), missed="skip")
def fill_vectors() -> None:
    """Of curated answers that were saved without: before there were any, or by another model."""
    vectors.fill_vectors(_AT_ONCE)
    db.session.commit()
