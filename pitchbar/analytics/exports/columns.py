"""What a row of an export holds, the same in each kind of file."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from pitchbar.codes.queries import names_of
from pitchbar.core.utm import UTM_COLUMNS
from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace

COLUMNS = (
    "id",
    "at",
    "code_id",
    "code",
    "short_code",
    "campaign",
    "rule_id",
    "variant",
    "domain",
    "country",
    "region",
    "city",
    "language",
    "device",
    "os",
    "browser",
    "referrer_host",
    *UTM_COLUMNS,
    "set_apart",
    "visitor",
    "ip",
)
NUMBERS = frozenset({"code_id", "rule_id", "variant"})

Row = Mapping[str, Any]


class RowMaker:
    """Of one workspace; names of codes and domains are asked for once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._codes: dict[int, tuple[str, str]] = {}
        hosts = select(Domain.id, Domain.host).where(Domain.workspace_id == workspace.id)
        self._hosts = {row.id: row.host for row in db.session.execute(hosts)}

    def rows_of(self, scans: Sequence[Any]) -> list[Row]:
        unknown = {scan.code_id for scan in scans} - self._codes.keys()
        for code_id, name in names_of(self._workspace, unknown).items() if unknown else ():
            self._codes[code_id] = (name.name, name.short_code)
        return [self._row(scan) for scan in scans]

    def _row(self, scan: Any) -> Row:
        name, short_code = self._codes[scan.code_id]
        told = {
            "id": str(scan.id),
            "at": scan.scanned_at,
            "code": name,
            "short_code": short_code,
            "domain": self._hosts.get(scan.domain_id) if scan.domain_id else None,
        }
        return {name: told[name] if name in told else getattr(scan, name) for name in COLUMNS}
