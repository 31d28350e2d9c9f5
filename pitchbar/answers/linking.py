"""Citations that open their pages at what they quote."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select

from pitchbar.answers.fragments import fragment_url
from pitchbar.answers.turns import Citation
from pitchbar.extensions import db
from pitchbar.retrieval.passages import Hit, with_surroundings
from pitchbar.sources.models import Document

# Characters of a page that is looked through; of a longer one what stands around the passage.
_LONGEST_PAGE = 200_000


def linked(citations: Sequence[Citation], hits: Sequence[Hit]) -> list[Citation]:
    """Whether a quote stands on its page once is looked up there, with one read for all."""
    cited = {one.hit: hits[one.hit] for one in citations}
    pages = _pages({hit.document_id for hit in cited.values() if hit.url})
    of_long = [at for at, hit in cited.items() if hit.url and hit.document_id not in pages]
    if of_long:
        around = with_surroundings([hits[at] for at in of_long])
        cited |= dict(zip(of_long, around, strict=True))
    return [
        replace(one, url=_url_of(one, cited[one.hit], pages), title=_title_of(cited[one.hit]))
        for one in citations
    ]


def _title_of(hit: Hit) -> str:
    """Of what has no address to open, the section is named, too: a file or a text may be long."""
    section = hit.headings[-1] if hit.headings else ""
    if hit.url or not section or section == hit.title:
        return hit.title or section
    return f"{hit.title}: {section}" if hit.title else section


def _url_of(citation: Citation, hit: Hit, pages: dict[int, str]) -> str:
    markdown = pages.get(hit.document_id) or hit.section or hit.text
    return fragment_url(hit.url, markdown, citation.quote)


def _pages(document_ids: set[int]) -> dict[int, str]:
    if not document_ids:
        return {}
    rows = db.session.execute(
        select(Document.id, Document.markdown).where(
            Document.id.in_(document_ids), func.length(Document.markdown) <= _LONGEST_PAGE
        )
    )
    return {row[0]: row[1] for row in rows}
