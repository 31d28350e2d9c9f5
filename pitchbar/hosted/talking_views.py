"""The wizard "a code that talks": a name, what it knows, print."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from wtforms import RadioField, StringField, TextAreaField

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import Forbidden
from pitchbar.extensions import db
from pitchbar.forms import Form, SelectChoice, form_errors, strip
from pitchbar.hosted.models import SITE, TEXT, URL, TalkingCode
from pitchbar.hosted.talking import (
    begin_draft,
    discard,
    find_agent,
    find_code,
    find_limits,
    find_source,
    finish,
    get_draft,
    give_knowledge,
    list_unfinished,
)
from pitchbar.hosted.visiting import page_address
from pitchbar.settings import current_settings
from pitchbar.sources.models import FAILED
from pitchbar.sources.showing import row_of
from pitchbar.workspaces.access import may, requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("talking_codes", __name__, url_prefix="/w/<slug>/talking-code")

_KINDS = ((TEXT, "Text"), (URL, "One page"), (SITE, "A whole site"))


class NameForm(Form):
    name = StringField("Name", filters=[strip], default="")


class KnowledgeForm(Form):
    kind = RadioField(
        "What it answers from",
        default=TEXT,
        choices=[SelectChoice(value, label) for value, label in _KINDS],
    )
    text = TextAreaField("Text", default="")
    url = StringField("Address", filters=[strip], default="")


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    _require_all()
    return _render_new(workspace, NameForm(formdata=None))


@bp.post("")
@requires("edit_codes")
@form_on("talking_codes.new")
def create(workspace: Workspace) -> Response:
    _require_all()
    form, draft = NameForm(), None
    if form.validate():
        with form_errors(form):
            draft = begin_draft(workspace, current_actor(), form.name.data or "")
    if draft is None:
        return _render_new(workspace, form)
    db.session.commit()
    return _to("knowledge", workspace, draft)


@bp.get("/<int:draft_id>")
@requires("edit_codes")
def show(workspace: Workspace, draft_id: int) -> Response:
    """Where it was left."""
    draft = get_draft(workspace, draft_id)
    return _to("sheet" if draft.code_id else "knowledge", workspace, draft)


@bp.get("/<int:draft_id>/knowledge")
@requires("edit_codes")
def knowledge(workspace: Workspace, draft_id: int) -> Response:
    draft = get_draft(workspace, draft_id)
    if draft.code_id:
        return _to("sheet", workspace, draft)
    typed = {"kind": draft.kind, "text": draft.text, "url": draft.url}
    return _render_knowledge(workspace, draft, KnowledgeForm(formdata=None, data=typed))


@bp.post("/<int:draft_id>/knowledge")
@requires("edit_codes")
@form_on("talking_codes.knowledge")
def update(workspace: Workspace, draft_id: int) -> Response:
    _require_all()
    draft, form, source = get_draft(workspace, draft_id), KnowledgeForm(), None
    if draft.code_id:
        # What it knows is changed in its source from now on.
        return _to("sheet", workspace, draft)
    kind = form.kind.data if form.kind.data in dict(_KINDS) else TEXT
    if form.validate():
        typed = (form.text.data if kind == TEXT else form.url.data) or ""
        with form_errors(form):
            source = give_knowledge(
                workspace, draft, current_actor(), current_settings(), kind=kind, typed=typed
            )
    if source is None:
        draft = get_draft(workspace, draft_id)
        return _render_knowledge(workspace, draft, form, is_typing=True)
    db.session.commit()
    return _to("knowledge", workspace, get_draft(workspace, draft_id))


@bp.post("/<int:draft_id>/sheet")
@requires("edit_codes")
@form_on("talking_codes.knowledge")
def make(workspace: Workspace, draft_id: int) -> Response:
    _require_all()
    draft, form = get_draft(workspace, draft_id), KnowledgeForm(formdata=None)
    code = None
    with form_errors(form):
        code = finish(workspace, draft, current_actor(), current_settings())
    if code is None:
        return _render_knowledge(workspace, get_draft(workspace, draft_id), form)
    db.session.commit()
    flash("It talks. Scan it, or try it here.", "success")
    return _to("sheet", workspace, get_draft(workspace, draft_id))


@bp.get("/<int:draft_id>/sheet")
@requires("view")
def sheet(workspace: Workspace, draft_id: int) -> Response:
    """To print; the words above the code are those of the address, and not kept."""
    draft = get_draft(workspace, draft_id)
    code, agent = find_code(workspace, draft), find_agent(workspace, draft)
    if code is None and draft.code_id:
        flash("Its code was deleted. Make a new one.", "error")
        return go_to(url_for("talking_codes.new", slug=workspace.slug))
    if code is None:
        return _to("knowledge", workspace, draft)
    words = request.args.get("words", "").strip()[:80]
    return render(
        "hosted/sheet.html",
        draft=draft,
        code=code,
        agent=agent,
        address=page_address(agent.public_id) if agent else "",
        words=words or "Questions? Scan and ask.",
    )


@bp.post("/<int:draft_id>/removal")
@requires("edit_codes")
@form_on("talking_codes.new")
def remove(workspace: Workspace, draft_id: int) -> Response:
    discard(get_draft(workspace, draft_id), current_actor())
    db.session.commit()
    flash("It is put away. What was made for it stays where it is.", "success")
    return go_to(url_for("talking_codes.new", slug=workspace.slug))


def progress_of(workspace: Workspace, draft: TalkingCode) -> dict[str, Any]:
    """Also drawn while one waits."""
    source = find_source(workspace, draft)
    return {"draft": draft, "source": source, "row": row_of(source) if source else None}


def _render_new(workspace: Workspace, form: NameForm) -> Response:
    return render(
        "hosted/new.html",
        form=form,
        limits=find_limits(workspace, current_settings()),
        unfinished=list_unfinished(workspace),
        http_status=form.http_status if form.errors else 200,
    )


def _render_knowledge(
    workspace: Workspace, draft: TalkingCode, form: KnowledgeForm, *, is_typing: bool = False
) -> Response:
    shown = progress_of(workspace, draft)
    source = shown["source"]
    is_open = is_typing or source is None or source.status == FAILED or "change" in request.args
    is_refused = bool(form.errors or form.form_errors)
    return render(
        "hosted/knowledge.html",
        form=form,
        is_open=is_open,
        http_status=form.http_status if is_refused else 200,
        **shown,
    )


def _require_all() -> None:
    """It makes a source, an agent and a code."""
    if not (may("edit_sources") and may("edit_agents")):
        raise Forbidden


def _to(page: str, workspace: Workspace, draft: TalkingCode) -> Response:
    return go_to(url_for(f"talking_codes.{page}", slug=workspace.slug, draft_id=draft.id))
