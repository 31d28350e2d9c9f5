from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.addresses import address_of, plain_prefix
from pitchbar.codes.addressing import find_usable_domain, list_addresses
from pitchbar.codes.destination_views import tell_destination
from pitchbar.codes.form_pages import address_checks, edit_form, new_form, render_form
from pitchbar.codes.forms import CodeForm, DeleteCodeForm
from pitchbar.codes.labels.queries import labels_by_code, labels_of, list_labels
from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.codes.panels import actions_of_list, list_actions, load_columns, render_panels
from pitchbar.codes.picture_response import qr_response
from pitchbar.codes.queries import (
    get_code,
    has_codes,
    list_campaigns,
    list_codes,
    list_earlier_destinations,
)
from pitchbar.codes.services import (
    archive_code,
    create_code,
    delete_code,
    require_free_short_code,
    restore_code,
    update_code,
)
from pitchbar.codes.states import count_limited_scans, states_of
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached

bp = Blueprint("codes", __name__, url_prefix="/w/<slug>/codes")


@bp.app_template_global("short_url_of")
def short_url_of(code: Code) -> str:
    return address_of(code, current_settings())


@bp.app_template_global("short_prefix_of")
def short_prefix_of(code: Code) -> str:
    """What stands before the short code of its present address, as it is read aloud."""
    return plain_prefix(current_settings(), code.domain)


def _redirect_to_code(workspace: Workspace, code: Code) -> Response:
    return go_to(url_for("codes.show", slug=workspace.slug, code_id=code.id))


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    listing = Listing.read(request.args)
    page = list_codes(
        workspace,
        which=listing.which,
        number=listing.number,
        ranks=listing.ranks(workspace),
    )
    return render(
        "codes/index.html",
        "codes/_list.html",
        page=page,
        columns=load_columns(workspace, page.items),
        states=states_of(workspace, page.items, clock.now()),
        labels_by_code=labels_by_code([code.id for code in page.items]),
        labels=list_labels(workspace),
        campaigns=list_campaigns(workspace),
        listing=listing.page(page.number),
        has_codes=has_codes(workspace),
        list_actions=actions_of_list(),
    )


@bp.get("/<int:code_id>")
@requires("view")
def show(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    return render(
        "codes/show.html",
        code=code,
        panels=render_panels(workspace, code),
        actions=list_actions(),
        earlier=list_earlier_destinations(code),
        addresses=list_addresses(code, current_settings()),
        columns=load_columns(workspace, [code]),
        state=states_of(workspace, [code], clock.now())[code.id],
        limited=count_limited_scans(workspace, [code]),
        labels=labels_of(code),
    )


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    return render_form(workspace, new_form(workspace))


@bp.post("")
@requires("edit_codes")
def create(workspace: Workspace) -> Response:
    form = new_form(workspace)
    if not form.is_accepted(
        short_code=lambda: require_free_short_code(
            form.short_code.data, find_usable_domain(workspace, form.domain.data)
        ),
        **address_checks(form),
    ):
        return render_form(workspace, form, status=422)
    with form_errors(form):
        code = create_code(workspace, current_actor(), current_settings(), **form.entered())
    if form.errors:
        return render_form(workspace, form, status=form.http_status)
    db.session.commit()
    flash("Code created. Scan it to see the first figure move.", "success")
    _tell_of_times(form)
    return _redirect_to_code(workspace, code)


@bp.get("/<int:code_id>/edit")
@requires("edit_codes")
def edit(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    return render_form(workspace, edit_form(workspace, code), code)


@bp.post("/<int:code_id>")
@requires("edit_codes")
def update(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    form = edit_form(workspace, code)
    if not form.is_accepted(**address_checks(form)):
        return render_form(workspace, form, code, 422)
    before = code.destination_url
    with form_errors(form):
        update_code(code, current_actor(), current_settings(), **form.entered())
    if form.errors:
        return render_form(workspace, form, get_code(workspace, code_id), 422)
    db.session.commit()
    if code.destination_url == before:
        flash("Changes saved. Scans follow within two seconds.", "success")
    else:
        tell_destination(workspace, code, before, "Changes saved. Scans lead")
    _tell_of_times(form)
    return _redirect_to_code(workspace, code)


def _tell_of_times(form: CodeForm) -> None:
    """Of an hour that comes twice, which one is meant."""
    for note in form.time_notes:
        flash(note, "success")


@bp.post("/<int:code_id>/archival")
@requires("edit_codes")
def archive(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    archive_code(code, current_actor())
    db.session.commit()
    undo_url = url_for("codes.restore", slug=workspace.slug, code_id=code.id)
    flash({"text": f"“{code.name}” is archived.", "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms
    return _redirect_to_code(workspace, code)


@bp.post("/<int:code_id>/restoration")
@requires("edit_codes")
def restore(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    try:
        restore_code(code, current_actor())
    except PlanLimitReached as error:
        db.session.rollback()
        flash(error.message, "error")
        return _redirect_to_code(workspace, get_code(workspace, code_id))
    db.session.commit()
    flash(f"“{code.name}” is active again.", "success")
    return _redirect_to_code(workspace, code)


@bp.get("/<int:code_id>/delete")
@requires("delete_codes")
def confirm_delete(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    return render("codes/delete.html", form=DeleteCodeForm(), code=code)


@bp.post("/<int:code_id>/deletion")
@requires("delete_codes")
@form_on("codes.confirm_delete")
def delete(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    form = DeleteCodeForm()
    with form_errors(form):
        delete_code(code, current_actor(), form.confirmation.data or "")
    if form.errors:
        return render("codes/delete.html", form=form, code=code, http_status=422)
    db.session.commit()
    flash(f"“{code.name}” is deleted.", "success")
    return go_to(url_for("codes.index", slug=workspace.slug))


@bp.get("/<int:code_id>/qr.<any(svg, png, pdf, eps):format>")
@requires("view")
def qr(workspace: Workspace, code_id: int, format: str) -> Response:
    is_saved = bool(request.args.get("download"))
    response = qr_response(get_code(workspace, code_id), format, is_saved=is_saved)
    # The lists of a day show the same picture again; a change of it has another address.
    response.headers["Cache-Control"] = f"private, max-age={86400 if 'v' in request.args else 0}"
    return response
