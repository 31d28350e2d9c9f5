"""What browsers refused by our content security policy: counted by what it was, never by whom."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, select
from werkzeug.exceptions import HTTPException

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.core.figures import POLICY_REPORTS
from pitchbar.extensions import db
from pitchbar.operations.models import PolicyReport

KEPT = timedelta(days=30)
# Kinds of reports at once; whoever makes them up fills no more than that.
MOST_KINDS = 500
_AT_ONCE = 20
_DIRECTIVE = re.compile(r"[a-z][a-z-]{2,38}")
_WORD = re.compile(r"[a-z][a-z-]{1,30}")
_KNOWN = frozenset(
    {"script-src", "style-src", "img-src", "connect-src", "font-src", "frame-src", "form-action"}
    | {"default-src", "object-src", "base-uri", "frame-ancestors", "media-src", "worker-src"}
    | {"script-src-elem", "script-src-attr", "style-src-elem", "style-src-attr", "manifest-src"}
)


@dataclass(frozen=True)
class Refusal:
    directive: str
    blocked: str
    page: str


def read_reports(body: Any) -> list[Refusal]:
    """Of both forms in which browsers send them; what is none is left out."""
    found = (_refusal(one) for one in _bodies(body))
    return [one for one in found if one is not None][:_AT_ONCE]


def _bodies(body: Any) -> Iterator[Mapping[str, Any]]:
    """`report-uri` sends one in a frame, `report-to` a list of several kinds."""
    if isinstance(body, dict) and isinstance(body.get("csp-report"), dict):
        yield body["csp-report"]
    elif isinstance(body, list):
        for one in body:
            is_ours = isinstance(one, dict) and one.get("type") == "csp-violation"
            if is_ours and isinstance(one.get("body"), dict):
                yield one["body"]


def _refusal(body: Mapping[str, Any]) -> Refusal | None:
    def text(*names: str) -> str:
        return next((value for name in names if isinstance(value := body.get(name), str)), "")

    directive = text("effective-directive", "effectiveDirective", "violated-directive").split(" ")[
        0
    ]
    if not _DIRECTIVE.fullmatch(directive):
        return None
    blocked = _origin_of(text("blocked-uri", "blockedURL"))
    return Refusal(directive, blocked, _rule_of(text("document-uri", "documentURL")))


def _origin_of(address: str) -> str:
    """A host, a scheme, or a word; never the rest of an address."""
    if _WORD.fullmatch(address):
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "unreadable"
    if parts.scheme in ("http", "https") and re.fullmatch(r"[a-z0-9.-]{1,100}", host):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}:" if _WORD.fullmatch(parts.scheme) else "unreadable"


def _rule_of(address: str) -> str:
    try:
        path = urlsplit(address).path
        rule, _parts = current_app.url_map.bind("").match(path, "GET", return_rule=True)
    except (HTTPException, ValueError):
        return "(another)"
    return str(rule.rule)[:120]


def count_reports(refusals: list[Refusal]) -> None:
    """Flushes; a new kind beyond the most is counted in the metrics alone."""
    for one in refusals:
        known = one.directive if one.directive in _KNOWN else "other"
        POLICY_REPORTS.add(1, known)
    room = _has_room()
    now = clock.now()
    for one in dict.fromkeys(refusals):
        key = {"directive": one.directive, "blocked": one.blocked, "page": one.page}
        if not room and db.session.get(PolicyReport, key) is None:
            continue
        count = refusals.count(one)
        made = insert_into(db.engine, PolicyReport).values(
            **key, count=count, first_at=now, last_at=now
        )
        again = {"count": PolicyReport.count + count, "last_at": now}
        db.session.execute(made.on_conflict_do_update(index_elements=[*key], set_=again))


def _has_room() -> bool:
    last = select(PolicyReport.directive).offset(MOST_KINDS - 1).limit(1)
    return db.session.execute(last).first() is None


def list_reports(most: int = 100) -> list[PolicyReport]:
    """The latest first."""
    latest = select(PolicyReport).order_by(PolicyReport.last_at.desc()).limit(most)
    return list(db.session.scalars(latest))


def trim_reports(now: datetime) -> None:
    db.session.execute(delete(PolicyReport).where(PolicyReport.last_at < now - KEPT))
