from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue, every, task
from pitchbar.sheets.making import fail, forget_old_sheets, make
from pitchbar.sheets.models import DONE, PrintSheet


@task(queue=Queue.DEFAULT, tries=3, waits=[10, 60], timeout=1800)
def make_sheet(sheet_id: int) -> None:
    """The same bytes each time: a repeat writes the same file again. A thousand designs that nobody
    checked yet take a quarter of an hour.
    """
    sheet = db.session.get(PrintSheet, sheet_id)
    if sheet is None or sheet.state == DONE:
        return
    make(sheet)
    db.session.commit()


@make_sheet.failed
def _give_up(_error: AttemptError, sheet_id: int) -> None:
    sheet = db.session.get(PrintSheet, sheet_id)
    if sheet is not None and sheet.state != DONE:
        fail(sheet, "Something went wrong on our side. Make the sheet again in a while.")
        db.session.commit()


@task(queue=Queue.DEFAULT, tries=3, schedule=every.day_at("03:50"))
def forget_sheets_of_last_week() -> None:
    forget_old_sheets(clock.now())
    db.session.commit()
