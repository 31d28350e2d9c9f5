"""Which languages the documents of generations are in. They do not change once one answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from pitchbar.extensions import db
from pitchbar.sources.models import Document, Page

# A generation, and since when it answers.
Answering = tuple[int, datetime | None]

_MOST_KEPT = 10_000
_known: dict[Answering, frozenset[str]] = {}


def languages_of(generations: Sequence[Answering]) -> frozenset[str]:
    unknown = [one for one in generations if one not in _known]
    if unknown:
        _look_up(unknown)
    return frozenset().union(*(_known[one] for one in generations))


def _look_up(generations: Sequence[Answering]) -> None:
    if len(_known) > _MOST_KEPT:
        _known.clear()
    found: dict[int, set[str]] = {one: set() for one, _ in generations}
    rows = db.session.execute(
        select(Page.generation_id, Document.language)
        .join(Document, Document.id == Page.document_id)
        .where(Page.generation_id.in_(list(found)))
        .distinct()
    )
    for generation_id, language in rows:
        found[generation_id].add(language)
    _known.update({one: frozenset(found[one[0]]) for one in generations})
