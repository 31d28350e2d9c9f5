"""A file looked through as a whole: each row by itself, short codes against each other and against
what there is, and what comes of it against the limits of the workspace.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from pitchbar.codes.addressing import find_usable_domain
from pitchbar.codes.errors import InvalidShortCode, UnusableDomain
from pitchbar.codes.labels.names import key_of
from pitchbar.codes.labels.queries import list_labels
from pitchbar.codes.labels.services import MOST_OF_A_WORKSPACE
from pitchbar.codes.models import ACTIVE, Code, CodeAddress
from pitchbar.codes.queries import count_active_codes
from pitchbar.codes.services import SHORT_CODE
from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.transfers.errors import UnreadableTable
from pitchbar.transfers.models import CodeImport
from pitchbar.transfers.reading.plans import CellError, ImportPlan, Options, PlannedCode
from pitchbar.transfers.reading.recognition import known_of
from pitchbar.transfers.reading.rows import RowReader
from pitchbar.transfers.reading.tables import Table
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import CODES, find_plan

_AT_ONCE = 1_000

Progress = Callable[[int], None]


class Holder(NamedTuple):
    """Whose a short code is: a code, deleted perhaps, of some workspace."""

    workspace_id: int
    destination_url: str
    is_deleted: bool


def plan_import(
    workspace: Workspace,
    an_import: CodeImport,
    table: Table,
    settings: Settings,
    progress: Progress,
) -> ImportPlan:
    """`progress` is told how many rows were looked at, and may commit."""
    plan, options = ImportPlan(), Options.read(an_import.options)
    try:
        domain = find_usable_domain(workspace, options.domain)
    except UnusableDomain as error:
        plan.problem = error.message
        return plan
    reader = RowReader(
        an_import.columns,
        an_import.mapping,
        zone=workspace.time_zone,
        settings=settings,
        label_separator=known_of(an_import.origin).label_separator,
    )
    judge = _Judge(workspace, options, domain, reader)
    try:
        for rows in _portions(table.rows):
            plan.rows += len(rows)
            judge.judge([reader.read(number, cells) for number, cells in rows], plan)
            progress(plan.rows)
    except UnreadableTable as error:
        plan.problem = error.message
    if not plan.error_count:
        plan.problem = plan.problem or find_problem(workspace, plan)
    return plan


class _Judge:
    """What rows have to do with each other, and with what there is."""

    def __init__(
        self, workspace: Workspace, options: Options, domain: Domain | None, reader: RowReader
    ) -> None:
        self._workspace, self._options, self._domain = workspace, options, domain
        self._reader = reader
        self._seen: dict[str, int] = {}
        self._there = _find_pairs(workspace) if options.skip_same else frozenset()

    def judge(self, read: Sequence[PlannedCode | list[CellError]], plan: ImportPlan) -> None:
        rows = [one for one in read if isinstance(one, PlannedCode)]
        holders = find_holders(self._domain, {one.short_code for one in rows if one.short_code})
        for one in read:
            if isinstance(one, list):
                plan.refuse(one)
            elif self._is_there(one, holders.get(one.short_code)):
                plan.skipped += 1
            else:
                self._take(one, holders, plan)

    def _is_there(self, one: PlannedCode, holder: Holder | None) -> bool:
        if not self._options.skip_same:
            return False
        url = one.values["destination_url"]
        if one.short_code:
            own = holder is not None and holder.workspace_id == self._workspace.id
            return bool(own and holder and not holder.is_deleted and holder.destination_url == url)
        return hash((one.values["name"], url)) in self._there

    def _take(self, one: PlannedCode, holders: dict[str, Holder], plan: ImportPlan) -> None:
        wrong = self._find_mistake(one.short_code, holders) if one.short_code else ""
        if wrong and self._options.taken == "random":
            one = one._replace(short_code="")
        elif wrong:
            plan.refuse([CellError(one.row, self._reader.name_of("short_code"), wrong)])
            return
        if one.short_code:
            self._seen[one.short_code] = one.row
        plan.codes.append(one)

    def _find_mistake(self, short_code: str, holders: dict[str, Holder]) -> str:
        if not SHORT_CODE.fullmatch(short_code):
            return InvalidShortCode().message
        if row := self._seen.get(short_code):
            return f"“{short_code}” stands in row {row} already; capitals make no difference."
        if holder := holders.get(short_code):
            of_before = holder.is_deleted and holder.workspace_id == self._workspace.id
            reason = " by a code that was deleted, and may be in print" if of_before else ""
            return f"“{short_code}” is taken{reason}."
        return ""


def find_holders(domain: Domain | None, short_codes: Collection[str]) -> dict[str, Holder]:
    """Of those that are taken on that domain, or on our own host; deleted codes hold theirs."""
    if not short_codes:
        return {}
    held: Any = CodeAddress.short_code if domain else Code.short_code
    query = select(held, Code.workspace_id, Code.destination_url, Code.deleted_at)
    if domain:
        query = query.join(CodeAddress, CodeAddress.code_id == Code.id)
        query = query.where(CodeAddress.domain_id == domain.id)
    rows = db.session.execute(query.where(held.in_(short_codes)))
    return {row[0]: Holder(row[1], row[2], row[3] is not None) for row in rows}


def _find_pairs(workspace: Workspace) -> frozenset[int]:
    """Name and destination of all codes, as hashes: of many, only as much as it takes."""
    rows = db.session.execute(
        select(Code.name, Code.destination_url).where(
            Code.workspace_id == workspace.id, Code.deleted_at.is_(None)
        )
    )
    return frozenset(hash((row[0], row[1])) for row in rows)


def find_problem(workspace: Workspace, plan: ImportPlan) -> str:
    """What stands against all of it, as a sentence; empty for nothing."""
    return _find_lack_of_room(workspace, plan) or _find_label_problem(workspace, plan)


def _find_lack_of_room(workspace: Workspace, plan: ImportPlan) -> str:
    own = find_plan(workspace.plan)
    most, more = own.most(CODES), sum(one.status == ACTIVE for one in plan.codes)
    if most is None or not more:
        return ""
    used = count_active_codes(workspace)
    if used + more <= most:
        return ""
    return (
        f"The {own.name} plan has {most:,} active codes, of which {used:,} are in use. This file "
        f"brings {more:,}. {CODES.advice}, or move to a larger plan."
    )


def _find_label_problem(workspace: Workspace, plan: ImportPlan) -> str:
    wanted = {key_of(name) for one in plan.codes for name in one.labels}
    known = {label.name_key for label in list_labels(workspace)} if wanted else set()
    if len(wanted | known) <= MOST_OF_A_WORKSPACE:
        return ""
    return (
        f"This file brings {len(wanted - known):,} new labels, and a workspace has "
        f"{MOST_OF_A_WORKSPACE} at most. Leave the column out, or have fewer in it."
    )


def _portions(
    rows: Iterator[tuple[int, list[str]]],
) -> Iterator[list[tuple[int, list[str]]]]:
    while portion := list(islice(rows, _AT_ONCE)):
        yield portion
