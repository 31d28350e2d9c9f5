from flask import Blueprint

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.core.pagination import encode_cursor
from pitchbar.studio.api import TOPIC
from pitchbar.studio.designs import OWN_FIELDS, draw_many
from pitchbar.studio.errors import InvalidDesign
from pitchbar.studio.models import DesignTemplate
from pitchbar.studio.payloads import (
    ApplicationBody,
    ApplicationResponse,
    TemplateBody,
    TemplateChanges,
    TemplateList,
    TemplateResponse,
    read_design,
    template_response,
)
from pitchbar.studio.templates import (
    choose_default,
    create_template,
    delete_template,
    find_default,
    get_template,
    list_templates,
    update_template,
)
from pitchbar.symbols.design import Design
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import require_right_of_creator, requires_token, shared_limit

_RIGHT = "edit_codes"

bp = Blueprint(
    "design_templates_api", __name__, url_prefix="/api/v1/workspaces/<slug>/design-templates"
)
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=TemplateList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> TemplateList:
    """List design templates"""
    found = list_templates(workspace, query.per_page + 1, query.start(read_id) or 0)
    page = found[: query.per_page]
    return TemplateList(
        data=[template_response(one) for one in page],
        next_cursor=encode_cursor(page[-1].id) if len(found) > len(page) else None,
    )


@bp.post("")
@requires_token("read-write")
@endpoint(
    TOPIC, body=TemplateBody, response=TemplateResponse, status=201, errors=(409, 413, 415, 422)
)
def create(workspace: Workspace, payload: TemplateBody) -> TemplateResponse:
    """Add a design template"""
    require_right_of_creator(_RIGHT)
    template = create_template(
        workspace,
        current_actor(),
        name=payload.name,
        design=read_design(payload.design),
        is_default=payload.is_default,
    )
    return template_response(template)


@bp.get("/<int:template_id>")
@requires_token("read")
@endpoint(TOPIC, response=TemplateResponse)
def show(workspace: Workspace, template_id: int) -> TemplateResponse:
    """Get a design template"""
    return template_response(get_template(workspace, template_id))


@bp.patch("/<int:template_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=TemplateChanges, response=TemplateResponse, errors=(413, 415, 422))
def change(workspace: Workspace, template_id: int, payload: TemplateChanges) -> TemplateResponse:
    """Change a design template

    Codes that look so keep the design they have; apply it again to draw them anew.
    """
    require_right_of_creator(_RIGHT)
    template, by = get_template(workspace, template_id), current_actor()
    design = read_design(payload.design) if payload.design is not None else None
    update_template(template, by, name=payload.name, design=design)
    if payload.is_default is not None:
        _choose(workspace, template, is_chosen=payload.is_default)
    return template_response(template)


@bp.delete("/<int:template_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, template_id: int) -> None:
    """Delete a design template"""
    require_right_of_creator(_RIGHT)
    delete_template(get_template(workspace, template_id), current_actor())


@bp.post("/<int:template_id>/applications")
@requires_token("read-write")
@endpoint(TOPIC, body=ApplicationBody, response=ApplicationResponse, errors=(413, 415, 422))
def apply(workspace: Workspace, template_id: int, payload: ApplicationBody) -> ApplicationResponse:
    """Draw codes by a template

    Ids of no code of the workspace count as unchanged.
    """
    require_right_of_creator(_RIGHT)
    design = Design.read(get_template(workspace, template_id).design)
    if set(payload.keep) - set(OWN_FIELDS):
        raise InvalidDesign("keep", "Use frame_text and logo.")
    ids = sorted(set(payload.code_ids))
    edit = draw_many(workspace, ids, design, current_actor(), keep=payload.keep)
    changed = len(edit.changes) if edit else 0
    return ApplicationResponse(changed=changed, unchanged=len(ids) - changed)


def _choose(workspace: Workspace, template: DesignTemplate, *, is_chosen: bool) -> None:
    if is_chosen:
        choose_default(workspace, template, current_actor())
    elif find_default(workspace.id) is template:
        choose_default(workspace, None, current_actor())
