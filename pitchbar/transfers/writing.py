"""Planned codes as rows: what `create_code` writes for one, for many by few statements."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, insert, select

from pitchbar.codes.defaults import defaults_of
from pitchbar.codes.labels.models import CodeLabel
from pitchbar.codes.labels.names import MOST_OF_A_CODE, key_of
from pitchbar.codes.labels.services import ensure_labels
from pitchbar.codes.models import Code, CodeAddress, CodeDestination
from pitchbar.core import clock
from pitchbar.core.database import Model
from pitchbar.core.tokens import new_short_code
from pitchbar.core.utm import UTM_COLUMNS
from pitchbar.domains.models import Domain
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.studio.templates import first_design
from pitchbar.transfers.models import CodeImport, ImportedCode
from pitchbar.transfers.reading.plans import PlannedCode
from pitchbar.workspaces.models import Workspace

_AT_ONCE = 1_000
Row = dict[str, Any]
_START: Row = {
    **dict.fromkeys(UTM_COLUMNS, ""),
    "forward_parameters": False,
    "notes": "",
    "campaign": "",
    "starts_at": None,
    "ends_at": None,
    "scan_limit": None,
    "fallback_url": "",
    "attribution": False,
}


class Addresses(NamedTuple):
    """The short codes of planned codes on our own host, where every code has one, and those on
    their domain.
    """

    ours: list[str]
    on_domain: list[str] | None


def choose_addresses(planned: Sequence[PlannedCode], domain: Domain | None) -> Addresses:
    """Before the lock of the workspace, which stops others the shorter for it; that all of them are
    free still, the unique indexes see to.
    """
    chosen = [one.short_code for one in planned]
    if domain is None:
        return Addresses(_fill(chosen, Code.short_code), None)
    on_domain = _fill(chosen, CodeAddress.short_code, domain)
    return Addresses(_fill([""] * len(planned), Code.short_code), on_domain)


def write_codes(
    workspace: Workspace,
    an_import: CodeImport,
    planned: Sequence[PlannedCode],
    addresses: Addresses,
    domain: Domain | None,
    by: Actor,
) -> None:
    """Within the caller's transaction, under the lock of the workspace. What is told once for all
    of them, the caller tells.

    Raises:
        IntegrityError: somebody took a short code meanwhile.
        TooManyLabels
    """
    labels = _ensure_all_labels(workspace, planned, by)
    now, dress = clock.now(), _dresser(workspace)
    for start in range(0, len(planned), _AT_ONCE):
        portion = slice(start, start + _AT_ONCE)
        ours, there = addresses.ours[portion], addresses.on_domain
        here = Addresses(ours, there[portion] if there is not None else None)
        _write(workspace, an_import, planned[portion], here, domain, by, labels, now, dress)


def _dresser(workspace: Workspace) -> Callable[[Row], Row]:
    """Adds what codes of the workspace look like, where the file says nothing of it. Tags of the
    workspace are not added: imported addresses shall lead where they led.
    """
    level = defaults_of(workspace)["error_correction"]
    design_at = cache(lambda of_row: first_design(workspace.id, of_row))

    def dress(row: Row) -> Row:
        row.setdefault("error_correction", level)
        row["design"] = design_at(row["error_correction"])
        return row

    return dress


def _write(
    workspace: Workspace,
    an_import: CodeImport,
    planned: Sequence[PlannedCode],
    addresses: Addresses,
    domain: Domain | None,
    by: Actor,
    labels: dict[str, int],
    now: datetime,
    dress: Callable[[Row], Row],
) -> None:
    ours = addresses.ours
    there: Sequence[str | None] = addresses.on_domain or [None] * len(planned)
    own = {"workspace_id": workspace.id}
    made = {"created_at": now, "updated_at": now}
    author = {"created_by_id": by.id if by.kind == "person" else None}
    rows = []
    for one, short_code, on_domain in zip(planned, ours, there, strict=True):
        place = {"short_code": short_code, "domain_id": domain.id if domain else None}
        place["domain_short_code"] = on_domain
        rows.append(
            dress({**_START, **own, **author, **made, **one.values, "status": one.status, **place})
        )
    code = _table(Code)
    written = db.session.execute(insert(code).returning(code.c.id, code.c.short_code), rows)
    ids = {short_code: code_id for code_id, short_code in written}
    codes = [ids[short_code] for short_code in ours]
    program = "" if by.kind == "person" else by.name[:254]
    trace = {**own, "since_at": now, "set_by_id": author["created_by_id"]}
    _insert(
        CodeDestination,
        [
            {
                **trace,
                "set_by_program": program,
                "code_id": code_id,
                "destination_url": one.values["destination_url"],
            }
            for one, code_id in zip(planned, codes, strict=True)
        ],
    )
    _insert(ImportedCode, [{**own, "import_id": an_import.id, "code_id": one} for one in codes])
    if domain:
        at = {**own, "domain_id": domain.id, "created_at": now}
        pairs = zip(codes, there, strict=True)
        _insert(CodeAddress, [{**at, "code_id": one, "short_code": name} for one, name in pairs])
    carried = [
        {**own, "code_id": code_id, "label_id": labels[key_of(name)]}
        for one, code_id in zip(planned, codes, strict=True)
        for name in one.labels
    ]
    _insert(CodeLabel, carried)


def _fill(chosen: Sequence[str], column: Any, domain: Domain | None = None) -> list[str]:
    """Puts a free one at random where none is chosen."""
    missing = sum(not one for one in chosen)
    taken = set(chosen)
    fresh: set[str] = set()
    while len(fresh) < missing:
        count = min(_AT_ONCE, missing - len(fresh))
        drawn = {new_short_code() for _ in range(count)} - taken
        query = select(column).where(column.in_(drawn))
        if domain is not None:
            query = query.where(CodeAddress.domain_id == domain.id)
        fresh |= drawn - set(db.session.scalars(query))
    left = iter(fresh)
    return [one or next(left) for one in chosen]


def _ensure_all_labels(
    workspace: Workspace, planned: Sequence[PlannedCode], by: Actor
) -> dict[str, int]:
    """Their ids by key; those that are missing are made."""
    names: dict[str, str] = {}
    for one in planned:
        for name in one.labels:
            names.setdefault(key_of(name), name)
    found: dict[str, int] = {}
    wanted = list(names.values())
    for start in range(0, len(wanted), MOST_OF_A_CODE):
        some = ensure_labels(workspace, wanted[start : start + MOST_OF_A_CODE], by)
        found |= {label.name_key: label.id for label in some}
    return found


def _insert(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(_table(model)), list(rows))


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # what a class of ours stands for
    return table
