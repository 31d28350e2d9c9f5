"""The designer of one code: changed, looked at, checked, saved."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.addresses import address_of
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError, error_response
from pitchbar.extensions import db, limiter, request_address
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.studio.designs import design_of, set_design
from pitchbar.studio.errors import DoesNotScan, StorageAway
from pitchbar.studio.forms import DesignForm, LogoForm, form_values
from pitchbar.studio.logos import list_images
from pitchbar.studio.previews import DesignPreview, check_sample, preview_design
from pitchbar.studio.printing import check_code, override, require_printable
from pitchbar.studio.reports import KIND_WORDS, VERDICT_WORDS
from pitchbar.studio.settings import StudioSettings
from pitchbar.studio.templates import brand_colours, list_templates
from pitchbar.workspaces.access import may, requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("designs", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/design")


@bp.app_template_global("damage_words")
def damage_words(kind: str) -> str:
    return KIND_WORDS.get(kind, kind)


@bp.app_template_global("verdict_words")
def verdict_words(verdict: str) -> str:
    return VERDICT_WORDS[verdict]


def _by() -> str:
    return str(current_user.get_id() or request_address())


_preview_limit = limiter.shared_limit(
    lambda: current_settings()[StudioSettings].ratelimit_design_preview,
    scope="design-preview",
    key_func=lambda: f"design-preview:{_by()}",
)
_check_limit = limiter.shared_limit(
    lambda: current_settings()[StudioSettings].ratelimit_scan_check,
    scope="scan-check",
    key_func=lambda: f"scan-check:{_by()}",
)


@bp.get("")
@requires("edit_codes")
def edit(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    form = DesignForm(formdata=None, data=form_values(design_of(code)))
    return _render(workspace, code, form)


@bp.post("")
@requires("edit_codes")
@form_on("designs.edit")
def update(workspace: Workspace, code_id: int) -> Response:
    code, form = get_code(workspace, code_id), DesignForm()
    if not form.validate():
        return _render(workspace, code, form, 422)
    if request.form.get("seen", code.symbol_version) != code.symbol_version:
        # What is typed stays; saved once more, it replaces the other's.
        form.form_errors.append(
            "Somebody else changed this design since you opened it. Save again to replace theirs."
        )
        return _render(workspace, code, form, 409)
    with form_errors(form):
        is_changed = set_design(code, form.design(), current_actor())
    if form.errors:
        return _render(workspace, get_code(workspace, code_id), form, form.http_status)
    db.session.commit()
    if not _is_printable(code):
        flash(
            "Saved, but it does not scan: nothing is handed out for print until it does.", "error"
        )
        return go_to(url_for("designs.edit", slug=workspace.slug, code_id=code.id))
    flash("Design saved." if is_changed else "Nothing to save: it looks so already.", "success")
    return go_to(url_for("codes.show", slug=workspace.slug, code_id=code.id))


@bp.post("/preview")
@requires("edit_codes")
@_preview_limit
def preview(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    return make_response(
        render_template("studio/_preview.html", code=code, preview=_preview(code, DesignForm()))
    )


@bp.post("/check")
@requires("edit_codes")
@_check_limit
def check(workspace: Workspace, code_id: int) -> Response:
    """Of what is typed, saved or not."""
    code = get_code(workspace, code_id)
    design = DesignForm().design_over(design_of(code))
    found = check_sample(code, address_of(code, current_settings()), design)
    db.session.commit()
    return make_response(
        render_template("studio/_verdict.html", code=code, report=found, design=design)
    )


@bp.post("/override")
@requires("edit_codes")
@form_on("designs.edit")
def let_pass(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    try:
        override(code, current_actor())
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash(
            f"“{code.name}” can be downloaded now, though it does not scan in our check. "
            "Print one and try it first.",
            "success",
        )
    return go_to(url_for("designs.edit", slug=workspace.slug, code_id=code_id))


def lead_to_design(error: DoesNotScan) -> ResponseReturnValue:
    """Who wanted to save a picture comes to the designer, which says why there is none."""
    if request.endpoint != "codes.qr" or not may("edit_codes"):
        return error_response(error.status, error.message, error.code)
    flash("This design does not scan, so it is not handed out. Mend it, or let it pass.", "error")
    at = request.view_args or {}
    return go_to(url_for("designs.edit", slug=at["slug"], code_id=at["code_id"]))


def _is_printable(code: Code) -> bool:
    """A check that cannot be made now is made when a picture is asked for."""
    try:
        require_printable(code)
    except DoesNotScan:
        return False
    except StorageAway:
        return True
    finally:
        db.session.commit()
    return True


def _preview(code: Code, form: DesignForm) -> DesignPreview:
    address = address_of(code, current_settings())
    return preview_design(code.workspace_id, address, form.design_over(design_of(code)))


def _render(workspace: Workspace, code: Code, form: DesignForm, status: int = 200) -> Response:
    address = address_of(code, current_settings())
    design = form.design_over(design_of(code)) if form.errors else form.design()
    stored = check_code(code) if code.design else None
    db.session.commit()
    return render(
        "studio/design.html",
        "studio/_form.html",
        code=code,
        form=form,
        logo_form=LogoForm(formdata=None),
        preview=preview_design(workspace.id, address, design),
        images=list_images(workspace),
        templates=list_templates(workspace, 50),
        colours=brand_colours(workspace),
        stored=stored,
        http_status=status,
    )
