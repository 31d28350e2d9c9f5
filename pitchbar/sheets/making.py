"""Makes the files of sheets, and lets old ones go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.codes.addresses import address_of, plain_prefix
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.settings import current_settings
from pitchbar.sheets.models import DONE, FAILED, PrintSheet
from pitchbar.sheets.options import SheetOptions
from pitchbar.sheets.pages import TooSmall
from pitchbar.sheets.placing import SheetItem
from pitchbar.sheets.planning import plan_sheet
from pitchbar.sheets.printing import find_too_small, print_sheet
from pitchbar.studio.designs import design_of
from pitchbar.studio.logos import read_logo
from pitchbar.studio.printing import FAILS, check_code
from pitchbar.workspaces.models import Workspace

KEPT = timedelta(days=7)


def make(sheet: PrintSheet) -> None:
    """Writes the file. A code that does not scan, and that nobody let pass, stops it by name.

    What the scan check finds is committed code by code, so that a worker that dies, or a job whose
    time is over, goes on where it was.
    """
    workspace = db.session.get_one(Workspace, sheet.workspace_id)
    options = SheetOptions(**sheet.options)
    codes = list_chosen_codes(workspace, sheet.code_ids)
    refused, smallest = _check(sheet, codes)
    if refused:
        sentence = f"“{refused[0]}” does not scan as it is designed."
        if len(refused) > 1:
            sentence = f"“{refused[0]}” and {len(refused) - 1} more do not scan as designed."
        fail(
            sheet, f"{sentence} Open the design, mend it or let it pass, and make the sheet again."
        )
        return
    items = [item_of(code) for code in codes]
    plan = plan_sheet(options)
    data = print_sheet(plan, items)
    files().put(sheet.key, data)
    sheet.pages, sheet.size = max(1, plan.count_pages(len(items))), len(data)
    # A plain symbol has no size of its own; all places of a plan are equally large.
    designed = [item for item in items if item.code_id in smallest]
    sheet.problem = _warn(find_too_small(plan, designed, smallest))[:300]
    sheet.state, sheet.ended_at = DONE, clock.now()


def _check(sheet: PrintSheet, codes: Sequence[Code]) -> tuple[list[str], dict[int, float | None]]:
    """The names of those that may not be printed, and how small each designed one may be."""
    refused, smallest = [], {}
    for number, code in enumerate(codes, 1):
        if not code.design:
            continue
        check_deadline()
        check = check_code(code)
        smallest[code.id] = check.report["smallest_mm"]
        if check.verdict == FAILS and check.overridden_at is None:
            refused.append(code.name)
        sheet.checked = number
        db.session.commit()
    return refused, smallest


def _warn(small: Sequence[TooSmall]) -> str:
    if not small:
        return ""
    one = small[0]
    more = f" {len(small) - 1:,} more are too small, too." if len(small) > 1 else ""
    return (
        f"“{one.name[:100]}” is {one.printed_mm:.0f} mm wide here; below {one.smallest_mm:.0f} mm "
        f"phones no longer read it.{more}"
    )


def fail(sheet: PrintSheet, sentence: str) -> None:
    sheet.state, sheet.problem, sheet.ended_at = FAILED, sentence[:300], clock.now()


def item_of(code: Code) -> SheetItem:
    settings, design = current_settings(), design_of(code)
    return SheetItem(
        code_id=code.id,
        name=code.name,
        short_link=plain_prefix(settings, code.domain) + code.present_short_code,
        text=address_of(code, settings),
        design=design,
        logo=read_logo(code.workspace_id, design.logo, settings),
        captions={"campaign": code.campaign, "notes": code.notes},
    )


def forget_old_sheets(now: datetime) -> int:
    old = db.session.scalars(select(PrintSheet).where(PrintSheet.created_at < now - KEPT)).all()
    if old:
        files().delete([sheet.key for sheet in old])
        ids = [sheet.id for sheet in old]
        db.session.execute(delete(PrintSheet).where(PrintSheet.id.in_(ids)))
    return len(old)


def files() -> ObjectStorage:
    return open_storage(current_settings().storage_url)
