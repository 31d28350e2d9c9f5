"""Sheets of a workspace: asked for, made by a job, kept for a week."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.sheets.errors import InvalidSheet, SheetNotFound
from pitchbar.sheets.making import files
from pitchbar.sheets.models import DONE, PrintSheet
from pitchbar.sheets.options import MOST_LABELS, SheetOptions, field_errors
from pitchbar.sheets.tasks import make_sheet
from pitchbar.studio.printing import check_code, find_check, picture_digest
from pitchbar.workspaces.models import Workspace

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


def smallest_sizes(codes: Sequence[Code]) -> dict[int, float | None]:
    """Of the designed ones that were checked. One that was not is checked now, and no more than
    one: each takes most of a second, and somebody waits for the page. The job checks them all.
    """
    found, is_left = {}, True
    for code in codes:
        if not code.design:
            continue
        check = find_check(code, picture_digest(code))
        if check is None and is_left:
            check, is_left = check_code(code), False
        if check is not None:
            found[code.id] = check.report["smallest_mm"]
    return found


def require_file(sheet: PrintSheet) -> None:
    """Raises SheetNotFound: not made yet, or gone from the storage."""
    try:
        is_there = sheet.state == DONE and files().size(sheet.key) == sheet.size
    except FileNotFoundError:
        is_there = False
    if not is_there:
        raise SheetNotFound
