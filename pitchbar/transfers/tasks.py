from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue, every, task
from pitchbar.settings import current_settings
from pitchbar.transfers.services import jobs, tend_imports
from pitchbar.transfers.working import fail, work_on


@task(queue=Queue.DEFAULT, tries=3, waits=[10, 60], timeout=600)
def work_on_import(import_id: int) -> None:
    """Looks through a file of codes, brings it in, or takes it back."""
    work_on(import_id, current_settings())


@work_on_import.failed
def _give_up(_error: AttemptError, import_id: int) -> None:
    fail(import_id, "This could not be done, and nothing was changed. Try again.")


@task(queue=Queue.DEFAULT, tries=3, schedule=every.day_at("04:20"))
def forget_old_imports() -> None:
    tend_imports(clock.now())
    db.session.commit()


jobs["work"] = work_on_import
