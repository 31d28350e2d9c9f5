"""Makes the files of sheets, and lets old ones go."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.codes.addresses import address_of, plain_prefix
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.sheets.models import DONE, FAILED, PrintSheet
from pitchbar.sheets.options import SheetOptions
from pitchbar.sheets.placing import SheetItem
from pitchbar.sheets.planning import plan_sheet
from pitchbar.sheets.printing import print_sheet
from pitchbar.studio.designs import design_of
from pitchbar.studio.logos import read_logo
from pitchbar.studio.printing import FAILS, check_code
from pitchbar.workspaces.models import Workspace

KEPT = timedelta(days=7)


def make(sheet: PrintSheet) -> None:
    """Writes the file. A code that does not scan, and that nobody let pass, stops it by name."""
    workspace = db.session.get_one(Workspace, sheet.workspace_id)
    options = SheetOptions(**sheet.options)
    codes = list_chosen_codes(workspace, sheet.code_ids)
    if refused := [code.name for code in codes if not _may_be_printed(code)]:
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
    sheet.state, sheet.problem, sheet.ended_at = DONE, "", clock.now()


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


def _may_be_printed(code: Code) -> bool:
    if not code.design:
        return True
    check = check_code(code)
    return check.verdict != FAILS or check.overridden_at is not None
