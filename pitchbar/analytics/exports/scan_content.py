"""Scans as what a file holds."""

from collections.abc import Iterator, Sequence
from typing import Any

from pitchbar.analytics.exports.columns import COLUMNS, RowMaker
from pitchbar.analytics.exports.contents import SCANS, Content, Part, declare_content
from pitchbar.analytics.exports.reading import read_question
from pitchbar.analytics.exports.tasks import make_export
from pitchbar.analytics.scan_list.queries import each_scan, read_place, write_place
from pitchbar.workspaces.models import Workspace

# Rows of a part: what a job that is cut off does again.
_PART = 20_000


def declare_scans() -> None:
    declare_content(
        Content(SCANS, "Scans", "scans", lambda _kind: COLUMNS, _parts, lambda: make_export)
    )


def _parts(workspace: Workspace, query: str, _kind: str, place: str) -> Iterator[Part]:
    question, make = read_question(workspace, query), RowMaker(workspace)
    for scans in _in_parts(each_scan(question, read_place(place) if place else None)):
        yield Part(make.rows_of(scans), len(scans), write_place(scans[-1]))


def _in_parts(portions: Iterator[Sequence[Any]]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for portion in portions:
        part += portion
        if len(part) >= _PART:
            yield part
            part = []
    if part:
        yield part
