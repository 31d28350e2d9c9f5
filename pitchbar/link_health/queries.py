from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.link_health.models import Link, LinkSpan

SOON = timedelta(days=14)
_MOST_SPANS = 12
_PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class LinkHealth:
    """A destination of a code; `history` is newest first, and a certificate is told that ends
    within two weeks. `is_waiting`: a look is due, or under way.
    """

    link: Link
    is_own: bool
    history: Sequence[LinkSpan]
    tls_ends_soon: bool
    is_waiting: bool


def list_health(code: Code) -> list[LinkHealth]:
    """Of the destination of the code, and then of those of its rules."""
    is_rules = case((Link.url == code.destination_url, 0), else_=1)
    query = select(Link).where(Link.code_id == code.id).order_by(is_rules, Link.id)
    links = db.session.scalars(query).all()
    history = _histories(code) if links else {}
    now = clock.now()
    return [
        LinkHealth(
            link,
            link.url == code.destination_url,
            history.get(link.url_key, ()),
            link.tls_expires_at is not None and link.tls_expires_at < now + SOON,
            # Where no worker runs, nobody waits for ever.
            link.next_check_at is not None and now - _PATIENCE < link.next_check_at <= now,
        )
        for link in links
    ]


def _histories(code: Code) -> dict[str, list[LinkSpan]]:
    found: dict[str, list[LinkSpan]] = defaultdict(list)
    spans = select(LinkSpan).where(LinkSpan.code_id == code.id).order_by(LinkSpan.id.desc())
    for span in db.session.scalars(spans.limit(200)):
        if len(found[span.url_key]) < _MOST_SPANS:
            found[span.url_key].append(span)
    return found
