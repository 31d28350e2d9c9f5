"""Logos of the workspace, as the designer shows them."""

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import render
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.studio.forms import LogoForm
from pitchbar.studio.logos import (
    MOST_UPLOAD,
    delete_image,
    get_image,
    list_images,
    read_logo,
    store_image,
)
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("design_images", __name__, url_prefix="/w/<slug>/codes/logos")

_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
# The file and what a form sends around it; what is larger is refused with a sentence of ours.
MOST_BODY = MOST_UPLOAD + (1 << 20)


@bp.url_value_preprocessor
def take_uploads(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form of a request is read, where a file comes."""
    if endpoint in ("design_images.create", "studio_api.upload"):
        request.max_content_length = MOST_BODY


@bp.post("")
@requires("edit_codes")
@form_on("design_templates.index")
def create(workspace: Workspace) -> Response:
    form, image = LogoForm(), None
    if form.validate():
        upload = form.file.data
        name, data = read_upload(upload)
        if not name:
            form.file.errors = ["Choose a picture: PNG, JPEG or SVG."]
        else:
            with form_errors(form):
                image = store_image(workspace, current_actor(), current_settings(), data, name)
    if image is None:
        return _render(workspace, form, _present(), 422 if not form.errors else form.http_status)
    db.session.commit()
    return _render(workspace, LogoForm(formdata=None), image.id)


@bp.post("/<image_id>/deletion")
@requires("edit_codes")
@form_on("design_templates.index")
def delete(workspace: Workspace, image_id: str) -> Response:
    form, image = LogoForm(formdata=None), get_image(workspace, image_id)
    try:
        delete_image(image, current_actor(), current_settings())
    except DomainError as error:
        db.session.rollback()
        form.take_errors(error)
        return _render(workspace, form, _present(), error.status)
    db.session.commit()
    return _render(workspace, form, "" if _present() == image_id else _present())


@bp.get("/<image_id>")
@requires("view")
def show(workspace: Workspace, image_id: str) -> Response:
    image = get_image(workspace, image_id)
    logo = read_logo(workspace.id, image.id, current_settings())
    response = Response(logo.data if logo else b"", mimetype=_TYPES[image.kind])
    # Its bytes never change. An SVG that is opened by itself runs nothing.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


def _present() -> str:
    """What the designer has chosen: an upload that fails leaves it so."""
    return request.form.get("logo", "")


@bp.app_template_global("most_logo_bytes")
def most_logo_bytes() -> int:
    return MOST_UPLOAD


def read_upload(upload: FileStorage | None) -> tuple[str, bytes]:
    """Its name and its bytes; both empty where none came."""
    if upload is None or not upload.filename:
        return "", b""
    with closing(upload):
        return upload.filename, upload.read()


def _render(workspace: Workspace, form: LogoForm, chosen: str, status: int = 200) -> Response:
    return render(
        "studio/logos.html",
        "studio/_logos.html",
        logo_form=form,
        images=list_images(workspace),
        chosen=chosen,
        http_status=status,
    )
