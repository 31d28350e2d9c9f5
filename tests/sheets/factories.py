from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.sheets.making import make
from pitchbar.sheets.models import PrintSheet
from pitchbar.sheets.options import SheetOptions
from pitchbar.sheets.services import begin_sheet
from pitchbar.workspaces.models import Workspace
from tests.support.factories import make_code


def make_sheet(workspace: Workspace, **options: object) -> PrintSheet:
    """Of one code, made."""
    code, wanted = make_code(workspace), SheetOptions.model_validate(options)
    sheet = begin_sheet(workspace, SYSTEM, options=wanted, code_ids=[code.id])
    make(sheet)
    db.session.commit()
    return sheet
