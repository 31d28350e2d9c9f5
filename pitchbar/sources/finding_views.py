"""Before a source is made: which pages there are, and what patterns do with them."""

from flask import Blueprint, Response, request

from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import render
from pitchbar.crawling.patterns import Patterns
from pitchbar.sources.forms import SourceForm, lines_of, take_uploads
from pitchbar.sources.new_source import LISTED, checks_of, find_all, kind_of, render_new
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("source_finding", __name__, url_prefix="/w/<slug>/sources")
bp.url_value_preprocessor(take_uploads)


@bp.post("/discovery")
@requires("edit_sources")
@form_on("sources.new")
def find_pages(workspace: Workspace) -> Response:
    """The same form, with the pages that there are to tick."""
    form, kind = SourceForm(), kind_of(request.form)
    found = None
    if form.is_accepted(**checks_of(form, kind)) and kind in LISTED:
        found = find_all(form, kind)
    return render_new(workspace, form, kind, found=found)


@bp.get("/pattern")
@requires("edit_sources")
def explain(workspace: Workspace) -> Response:
    """What the patterns that are being typed would do with an address."""
    url = request.args.get("try", "").strip()[:2048]
    patterns = Patterns(
        lines_of(request.args.get("include"))[:100], lines_of(request.args.get("exclude"))[:100]
    )
    said = patterns.explain(url) if url else None
    return render("sources/_explained.html", said=said)
