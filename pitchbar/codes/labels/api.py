from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.payloads import (
    LabelChanges,
    LabelList,
    LabelResponse,
    NewLabel,
    label_response,
)
from pitchbar.codes.labels.queries import count_codes_of, get_label, list_labels_after
from pitchbar.codes.labels.services import create_label, delete_label, update_label
from pitchbar.core.pagination import encode_cursor
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    21,
    "Labels",
    "Words that keep codes together; a code names its own.",
    {"label_id": PathParameter("The label's id.", 3)},
)

bp = Blueprint("labels_api", __name__, url_prefix="/api/v1/workspaces/<slug>/labels")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=LabelList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> LabelList:
    """List labels"""
    labels = list_labels_after(workspace, query.start(read_id), query.per_page + 1)
    page = labels[: query.per_page]
    more = encode_cursor(page[-1].id) if len(labels) > len(page) else None
    counts = count_codes_of(workspace, [label.id for label in page])
    data = [label_response(label, counts.get(label.id, 0)) for label in page]
    return LabelList(data=data, next_cursor=more)


@bp.post("")
@requires_token("read-write")
@endpoint(TOPIC, body=NewLabel, response=LabelResponse, status=201, errors=(409, 413, 415, 422))
def create(workspace: Workspace, payload: NewLabel) -> LabelResponse:
    """Create a label

    A workspace has 200 at most. Labels are also made by naming them on a code.
    """
    label = create_label(workspace, current_actor(), name=payload.name, colour=payload.colour)
    return label_response(label, 0)


@bp.patch("/<int:label_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=LabelChanges, response=LabelResponse, errors=(413, 415, 422))
def change(workspace: Workspace, label_id: int, payload: LabelChanges) -> LabelResponse:
    """Rename or recolour a label

    Codes keep it.
    """
    label = get_label(workspace, label_id)
    update_label(workspace, label, current_actor(), name=payload.name, colour=payload.colour or "")
    return label_response(label, _count(workspace, label))


@bp.delete("/<int:label_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, label_id: int) -> None:
    """Delete a label

    It comes off all codes; the codes stay.
    """
    delete_label(workspace, get_label(workspace, label_id), current_actor())


def _count(workspace: Workspace, label: Label) -> int:
    return count_codes_of(workspace, [label.id]).get(label.id, 0)
