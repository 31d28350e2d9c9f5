"""The address of a code: where it is now, where else it leads on from, and how it moves."""

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.address_forms import AddressForm
from pitchbar.codes.addresses import address_of
from pitchbar.codes.addressing import list_addresses
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.codes.services import move_code
from pitchbar.core.htmx import go_to, render
from pitchbar.core.wording import plain_address
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("code_addresses", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/address")


@bp.get("")
@requires("edit_codes")
def edit(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    host = code.domain.host if code.domain else ""
    return _render(code, AddressForm(data={"domain": host, "short_code": code.present_short_code}))


@bp.post("")
@requires("edit_codes")
def update(workspace: Workspace, code_id: int) -> Response:
    code, form = get_code(workspace, code_id), AddressForm()
    if form.validate():
        # On our own host a code has one short code, whatever stands in the field.
        chosen = form.short_code.data if form.domain.data else ""
        with form_errors(form):
            move_code(code, current_actor(), domain=form.domain.data, short_code=chosen or "")
    if form.errors:
        return _render(get_code(workspace, code_id), form, 422)
    db.session.commit()
    address = plain_address(address_of(code, current_settings()))
    flash(f"“{code.name}” is at {address} now. Its other addresses lead on.", "success")
    return go_to(url_for("codes.show", slug=workspace.slug, code_id=code_id))


def _render(code: Code, form: AddressForm, status: int = 200) -> Response:
    addresses = list_addresses(code, current_settings())
    return render(
        "codes/address.html", code=code, form=form, addresses=addresses, http_status=status
    )
