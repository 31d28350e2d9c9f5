"""Sheets of a workspace: asked for, made by a job, kept for a week."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select

from pitchbar.clients.object_storage import ObjectStorage, open_storage
from pitchbar.codes.addresses import address_of, plain_prefix
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.core import clock
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.sheets.errors import InvalidSheet, SheetNotFound
from pitchbar.sheets.models import DONE, FAILED, PrintSheet
from pitchbar.sheets.options import MOST_LABELS, SheetOptions, field_errors
from pitchbar.sheets.placing import SheetItem
from pitchbar.sheets.planning import plan_sheet
from pitchbar.sheets.printing import print_sheet
from pitchbar.studio.designs import design_of
from pitchbar.studio.logos import read_logo
from pitchbar.studio.printing import FAILS, check_code
from pitchbar.workspaces.models import Workspace

KEPT = timedelta(days=7)
MOST_CODES = 1_000


def read_options(values: Mapping[str, Any]) -> SheetOptions:
    """Raises InvalidSheet with a sentence for each wrong field."""
    try:
        return SheetOptions(**values)
    except ValidationError as error:
        raise InvalidSheet(field_errors(error)) from None


def begin_sheet(
    workspace: Workspace, by: Actor, *, options: SheetOptions, code_ids: Sequence[int]
) -> PrintSheet:
    """Raises InvalidSheet: no codes, or more labels than a file may have."""
    from pitchbar.jobs import enqueue
    from pitchbar.sheets.tasks import make_sheet

    ids = [code.id for code in list_chosen_codes(workspace, code_ids)]
    if not ids or len(ids) > MOST_CODES:
        raise InvalidSheet({"code_ids": f"Choose 1 to {MOST_CODES:,} codes of the workspace."})
    if len(ids) * options.copies > MOST_LABELS:
        sentence = f"A file has {MOST_LABELS:,} at most; these are {len(ids) * options.copies:,}."
        raise InvalidSheet({"copies": sentence})
    sheet = PrintSheet(
        workspace_id=workspace.id,
        person_id=by.id if by.kind == "person" else None,
        options=options.model_dump(mode="json"),
        code_ids=ids,
    )
    db.session.add(sheet)
    db.session.flush()
    what = {"kind": options.kind, "codes": len(ids), "copies": options.copies}
    record_event("print_sheet.created", sheet, by=by, after=what)
    enqueue(make_sheet, sheet.id)
    return sheet


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
    try:
        items = [item_of(code) for code in codes]
    except DomainError as error:
        fail(sheet, error.message)
        return
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


def get_sheet(workspace: Workspace, sheet_id: int) -> PrintSheet:
    """Raises SheetNotFound."""
    sheet = db.session.get(PrintSheet, sheet_id)
    if sheet is None or sheet.workspace_id != workspace.id:
        raise SheetNotFound
    return sheet


def delete_sheet(sheet: PrintSheet, by: Actor) -> None:
    record_event("print_sheet.deleted", sheet, by=by)
    files().delete([sheet.key])
    db.session.delete(sheet)


def forget_old_sheets(now: datetime) -> int:
    old = db.session.scalars(select(PrintSheet).where(PrintSheet.created_at < now - KEPT)).all()
    if old:
        files().delete([sheet.key for sheet in old])
        ids = [sheet.id for sheet in old]
        db.session.execute(delete(PrintSheet).where(PrintSheet.id.in_(ids)))
    return len(old)


def require_file(sheet: PrintSheet) -> None:
    """Raises SheetNotFound: not made yet, or gone from the storage."""
    try:
        is_there = sheet.state == DONE and files().size(sheet.key) == sheet.size
    except FileNotFoundError:
        is_there = False
    if not is_there:
        raise SheetNotFound


def files() -> ObjectStorage:
    return open_storage(current_settings().storage_url)


def smallest_sizes(codes: Sequence[Code]) -> dict[int, float | None]:
    """Of the designed ones, by the check of each."""
    return {code.id: check_code(code).report["smallest_mm"] for code in codes if code.design}


def _may_be_printed(code: Code) -> bool:
    if not code.design:
        return True
    check = check_code(code)
    return check.verdict != FAILS or check.overridden_at is not None
