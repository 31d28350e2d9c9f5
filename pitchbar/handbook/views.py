"""`/docs`: the documents, and a search through them. Open to everybody, as the code is."""

from functools import cache

from flask import Blueprint, Response, abort, request, send_file, url_for

from pitchbar.accounts.access import open_to_all
from pitchbar.core.features import Offer
from pitchbar.core.htmx import render
from pitchbar.core.text import storable
from pitchbar.handbook.catalogue import CHAPTERS
from pitchbar.handbook.documents import Document, list_documents, picture_path
from pitchbar.handbook.search import Index

bp = Blueprint("handbook", __name__, url_prefix="/docs")

_MONTH = 30 * 24 * 3600


@bp.get("")
@open_to_all
def index() -> Response:
    return render("handbook/index.html", chapters=_chapters(), words="", hits=None)


@bp.get("/search")
@open_to_all
def search() -> Response:
    words = storable(request.args.get("q", "").strip()[:200])
    hits = _index().find(words) if words else None
    return render(
        "handbook/index.html", "handbook/_found.html", chapters=_chapters(), words=words, hits=hits
    )


@bp.get("/<name>")
@open_to_all
def show(name: str) -> Response:
    documents = _documents()
    at = next((at for at, one in enumerate(documents) if one.name == name), None)
    if at is None:
        abort(404)
    return render(
        "handbook/show.html",
        chapters=_chapters(),
        document=documents[at],
        before=documents[at - 1] if at else None,
        after=documents[at + 1] if at + 1 < len(documents) else None,
    )


@bp.get("/images/<name>")
@open_to_all
def picture(name: str) -> Response:
    path = picture_path(name)
    if path is None:
        abort(404)
    return send_file(path, max_age=_MONTH)


def offer_documents() -> list[Offer]:
    """For the palette."""
    words = "help documentation guide manual how to"
    return [Offer("Pages", "book-open", "Documentation", url_for("handbook.index"), words=words)]


def _chapters() -> list[tuple[str, list[Document]]]:
    known = {one.name: one for one in _documents()}
    return [
        (each.title, [known[name] for name in each.names if name in known]) for each in CHAPTERS
    ]


def _address(kind: str, name: str) -> str:
    endpoint = "handbook.picture" if kind == "picture" else "handbook.show"
    return url_for(endpoint, name=name)


@cache
def _documents() -> tuple[Document, ...]:
    """As they were at the start of the process: they come with the code."""
    return list_documents(_address)


@cache
def _index() -> Index:
    return Index(_documents())
