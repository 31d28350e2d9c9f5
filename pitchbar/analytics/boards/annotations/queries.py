from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from pitchbar.analytics.boards.annotations.errors import AnnotationNotFound
from pitchbar.analytics.boards.annotations.models import Annotation
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

_MOST_OF_A_CHART = 100


def get_annotation(workspace: Workspace, annotation_id: int) -> Annotation:
    """Raises AnnotationNotFound."""
    own = (Annotation.workspace_id == workspace.id, Annotation.id == min(annotation_id, MAX_ID))
    found = db.session.scalar(select(Annotation).where(*own))
    if found is None:
        raise AnnotationNotFound
    return found


def list_annotations(
    workspace: Workspace, code_id: int | None, first: date, last: date
) -> Sequence[Annotation]:
    """Those that a chart shows: of the workspace, and on the board of a code its own, too."""
    of_board: ColumnElement[bool] = Annotation.code_id.is_(None)
    if code_id is not None:
        of_board = or_(of_board, Annotation.code_id == code_id)
    query = select(Annotation).where(
        Annotation.workspace_id == workspace.id, of_board, Annotation.day.between(first, last)
    )
    newest = query.order_by(Annotation.day.desc(), Annotation.id.desc()).limit(_MOST_OF_A_CHART)
    return list(db.session.scalars(newest))[::-1]


def list_page(workspace: Workspace, number: int) -> Page[Annotation]:
    """Of the workspace and of its codes, the latest day first."""
    query = select(Annotation).where(Annotation.workspace_id == workspace.id)
    return paginate(db.session, query.order_by(Annotation.day.desc(), Annotation.id.desc()), number)


def count_annotations(workspace: Workspace) -> int:
    own = Annotation.workspace_id == workspace.id
    return db.session.scalar(select(func.count()).select_from(Annotation).where(own)) or 0
