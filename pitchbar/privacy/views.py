"""A workspace's privacy: what is stored, receipts of what was deleted, and one person's data."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, flash, request, stream_with_context, url_for
from wtforms import BooleanField
from wtforms.validators import InputRequired

from pitchbar.accounts.access import open_to_all
from pitchbar.accounts.actors import current_actor
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.personal_data import Whom, list_holdings
from pitchbar.extensions import db
from pitchbar.privacy.erasure import erase, export, look_up
from pitchbar.privacy.forms import WhomForm
from pitchbar.privacy.queries import list_receipts
from pitchbar.privacy.stored import describe_stored
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.members.queries import find_membership_by_email
from pitchbar.workspaces.models import Workspace

bp = Blueprint("privacy", __name__, url_prefix="/w/<slug>/privacy")
public_bp = Blueprint("stored", __name__)


@public_bp.get("/privacy")
@open_to_all
def privacy() -> Response:
    """For whoever scans, and for the notices of those who print codes to lead to."""
    return render("privacy/public.html", privacy=describe_stored(current_settings()))


@bp.app_template_filter("day_of_utc")
def day_of_utc(at: datetime) -> str:
    """ "3 March 2026": a purge has its edge at the start of a day of UTC."""
    return f"{at.day} {at:%B %Y}"


class ErasureForm(WhomForm):
    understood = BooleanField(
        "Erase all of it. I know that this cannot be undone.",
        validators=[InputRequired("Tick this to go on: nothing brings it back afterwards.")],
    )


@bp.get("")
@requires("handle_privacy")
def index(workspace: Workspace) -> Response:
    return _show(workspace, WhomForm(formdata=None))


@bp.post("/look-ups")
@requires("handle_privacy")
@form_on("privacy.index")
def find(workspace: Workspace) -> Response:
    """A POST, so that no address and no history holds whom it was about."""
    form = WhomForm()
    if not form.validate():
        return _show(workspace, form, 422)
    found = _look_up(workspace, form)
    db.session.commit()
    return found


@bp.post("/exports")
@requires("handle_privacy")
@form_on("privacy.index")
def hand_over(workspace: Workspace) -> Response:
    form = WhomForm()
    if not form.validate():
        return _show(workspace, form, 422)
    rows = export(workspace, _whom(form), current_actor())
    db.session.commit()
    response = Response(stream_with_context(_as_json(rows)), mimetype="application/json")
    return as_attachment(response, f"{workspace.slug}-person.json")


@bp.post("/erasures")
@requires("handle_privacy")
@form_on("privacy.index")
def forget(workspace: Workspace) -> Response:
    form = ErasureForm()
    if not form.validate():
        if form.whom.errors:
            return _show(workspace, form, 422)
        found = _look_up(workspace, form, 422)
        db.session.commit()
        return found
    receipt = erase(workspace, _whom(form), current_actor())
    db.session.commit()
    count = sum(receipt.counts.values())
    said = f"{count:,} {'row is' if count == 1 else 'rows are'} erased." if count else (
        "Nothing was stored of them."
    )  # fmt: skip
    flash(f"{said} The receipt is below.", "success")
    return go_to(url_for("privacy.index", slug=workspace.slug))


def _look_up(workspace: Workspace, form: WhomForm, status: int = 200) -> Response:
    whom = _whom(form)
    return render(
        "privacy/person.html",
        form=form if isinstance(form, ErasureForm) else ErasureForm(formdata=None, obj=form),
        typed=form.whom.data,
        whom=whom,
        found=look_up(workspace, whom, current_actor()),
        member=whom.email and find_membership_by_email(workspace, whom.email),
        http_status=status,
    )


def _show(workspace: Workspace, form: WhomForm, status: int = 200) -> Response:
    return render(
        "privacy/index.html",
        "privacy/_receipts.html",
        form=form,
        page=list_receipts(workspace, request.args.get("page", 1, type=int)),
        stored=describe_stored(current_settings()),
        labels={holding.table: holding.label for holding in list_holdings()},
        http_status=status,
    )


def _whom(form: WhomForm) -> Whom:
    whom = form.value()
    assert whom is not None  # noqa: S101  # the form was valid
    return whom


def _as_json(rows: Iterator[tuple[str, Any]]) -> Iterator[bytes]:
    """{"scans": [{…}, …], …}, row by row."""
    yield b"{"
    table = ""
    for name, row in rows:
        if name != table:
            yield (b"\n]," if table else b"") + b"\n" + orjson.dumps(name) + b": ["
        yield (b",\n" if name == table else b"\n") + orjson.dumps(dict(row), default=str)
        table = name
    yield b"\n]\n}\n" if table else b"}\n"
