"""Stored scans as visits that rules can be asked about, and what cannot be known of them.

A row keeps no address and no query: of the parameters only the five campaign tags, as they went on
to the destination. So it is known whether a rule on one of those would have held only where the
code does not add that value by itself; of any other parameter nothing is known.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pitchbar.codes.models import Code
from pitchbar.core.clock import local_date
from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import UTM_COLUMNS
from pitchbar.outcomes.queries import LastScans, list_visitors_between
from pitchbar.rules.visits import DescribedVisit
from pitchbar.scans.ranges import start_of_day
from pitchbar.workspaces.models import Workspace


def describe_past(
    workspace: Workspace, code: Code, last: LastScans
) -> Iterator[tuple[Any, DescribedVisit]]:
    """Each scan with its visit, the oldest first."""
    seen: set[tuple[object, str]] = _seen_before(workspace, code, last)
    for scan, before in zip(reversed(last.scans), reversed(last.before), strict=True):
        who = (local_date(scan.scanned_at, workspace.time_zone), scan.visitor or "")
        yield (
            scan,
            DescribedVisit(
                now_ms=int(scan.scanned_at.timestamp() * 1000),
                device=scan.device,
                os=scan.os,
                browser=scan.browser,
                language_tag=scan.language or "",
                country_code=scan.country,
                query=_query(scan),
                scans=before,
                again=bool(scan.visitor) and who in seen,
            ),
        )
        seen.add(who)


def find_unknowable(condition: Mapping[str, Any]) -> str:
    """The name of a parameter of which a stored scan tells nothing; empty for what can be asked."""
    is_known = condition.get("kind") != "parameter" or is_tag(condition)
    return "" if is_known else str(condition.get("name"))


def is_tag(condition: Mapping[str, Any]) -> bool:
    """Whether it asks for a campaign tag."""
    return condition.get("kind") == "parameter" and condition.get("name") in UTM_COLUMNS


def is_unsure(condition: Mapping[str, Any], scan: Any, own: Mapping[str, str]) -> bool:
    """Of a campaign tag: whether the answer hangs on whose the value is, the code's or the link's.
    `own` is what the code adds.
    """
    name = str(condition["name"])
    value = getattr(scan, name)
    if not value or value != own.get(name):
        return False
    return "present" in condition or value in (condition.get("is"), condition.get("is_not"))


def _seen_before(workspace: Workspace, code: Code, last: LastScans) -> set[tuple[object, str]]:
    """Who was there on the day of the oldest scan, before it."""
    if not last.scans:
        return set()
    oldest = last.scans[-1].scanned_at
    day = local_date(oldest, workspace.time_zone)
    start = start_of_day(day, workspace.time_zone)
    return {(day, visitor) for visitor in list_visitors_between(code, start, oldest)}


def added_by_code(code: Code) -> dict[str, str]:
    """The campaign tags of a scan whose link has none."""
    return set_utm(code.destination_url, code.utm, [])[1].columns()


def _query(scan: Any) -> str:
    values = ((name, getattr(scan, name)) for name in UTM_COLUMNS)
    return "&".join(f"{name}={quote(value)}" for name, value in values if value)
