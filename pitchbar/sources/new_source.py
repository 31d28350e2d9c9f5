"""The form of a new source: what is asked of what was typed, and the pages that it would have."""

from typing import Any

from flask import Response, request

from pitchbar.core.htmx import render
from pitchbar.crawling.discovery import Caps, Found, discover
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.patterns import Patterns
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.sources import cleaning
from pitchbar.sources.forms import SourceForm, lines_of
from pitchbar.sources.kinds import KIND_WORDS
from pitchbar.sources.models import FEED, FILE, KINDS, SITE, SITEMAP, TEXT
from pitchbar.sources.queries import count_sources
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.showing import most_sources
from pitchbar.workspaces.models import Workspace

# Kinds whose pages can be listed beforehand.
LISTED = (SITE, SITEMAP, FEED)
# Somebody waits for it.
_LOOK = Caps(seconds=8.0, requests=8, pages=2000)


def kind_of(values: Any) -> str:
    kind = values.get("kind", SITE)
    return kind if kind in KINDS else SITE


def checks_of(form: SourceForm, kind: str, *, with_url: bool = True) -> dict[str, Any]:
    settings = current_settings()
    if kind == TEXT:
        return {"text": lambda: cleaning.clean_text(form.text.data or "", settings)}
    if kind == FILE:
        return {}
    checks: dict[str, Any] = {
        name: lambda name=name: cleaning.clean_patterns(name, lines_of(form[name].data))
        for name in ("include", "exclude")
    }
    checks["hosts"] = lambda: cleaning.clean_hosts(lines_of(form.hosts.data))
    checks["page_cap"] = lambda: cleaning.clean_page_cap(form.page_cap.data, settings)
    if with_url:
        checks["url"] = lambda: cleaning.clean_url(form.url.data or "", settings)
    return checks


def find_all(form: SourceForm, kind: str) -> Found | None:
    url = cleaning.clean_url(form.url.data or "", current_settings())
    patterns = Patterns(lines_of(form.include.data), lines_of(form.exclude.data))
    hosts = tuple(cleaning.clean_hosts(lines_of(form.hosts.data)))
    # A stranger's server answers meanwhile: no connection of ours waits for it.
    db.session.commit()
    try:
        return discover(url, kind, _LOOK, hosts=hosts, patterns=patterns)
    except CrawlError as error:
        form.url.errors = [*form.url.errors, str(error)]
        return None


def render_new(
    workspace: Workspace, form: SourceForm, kind: str, *, found: Found | None = None
) -> Response:
    own = current_settings()[SourceSettings]
    return render(
        "sources/new.html",
        form=form,
        kind=kind,
        kinds=KIND_WORDS,
        found=found,
        ticked=set(request.form.getlist("chosen")),
        can_find=kind in LISTED,
        own=own,
        room=most_sources(workspace) - count_sources(workspace),
        http_status=form.http_status if form.errors else 200,
    )
