from pitchbar.analytics.exports.making import fail_export, work_on
from pitchbar.analytics.exports.models import DONE, Export
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue, enqueue, task

_SECONDS = 240.0


@task(queue=Queue.DEFAULT, tries=3, waits=[30, 120], timeout=600)
def export_conversations(export_id: int) -> None:
    """Some parts of a file, and the rest in another job."""
    export = db.session.get(Export, export_id)
    if export is None or export.state == DONE:
        return
    if not work_on(export, _SECONDS, clock.now()):
        enqueue(export_conversations, export_id)
        db.session.commit()


@export_conversations.failed
def _give_up(_error: AttemptError, export_id: int) -> None:
    export = db.session.get(Export, export_id)
    if export is not None and export.state != DONE:
        fail_export(export, clock.now())
        db.session.commit()
