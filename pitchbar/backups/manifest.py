"""What is known of a backup without opening it: a file beside it, written last. A backup without
its manifest is none.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

FORMAT = 1
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class TableSum:
    """How many rows a table has, and what they come to: the sum of a hash of each row, whatever
    their order.
    """

    rows: int
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """Args:
    name: of the backup; its file is `<name><ending>`.
    revision: of the schema, as the migrations name it.
    sha256, size: of the file as it is stored.
    key_check: tells whether APP_KEY is the one of then, and nothing else about it.
    files: what was in the folder of STORAGE_URL, which is not in the backup.
    """

    name: str
    file: str
    database: str
    made_at: str
    revision: str
    version: str
    tables: Mapping[str, TableSum]
    sha256: str
    size: int
    seconds: float
    is_encrypted: bool
    key_check: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def read_manifest(data: bytes) -> Manifest:
    """Names that a later release added are passed over. Raises ValueError."""
    try:
        read = json.loads(data)
        if read["format"] > FORMAT:
            raise ValueError(f"its format is {read['format']}: a later release made it")
        known = {name: read[name] for name in Manifest.__dataclass_fields__ if name in read}
        known["tables"] = {name: TableSum(**one) for name, one in read["tables"].items()}
        return Manifest(**known)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is no manifest of a backup: {error!r}") from None


def check_of_key(app_key: str, name: str) -> str:
    """The same for the same APP_KEY and backup. It is slow to compute, on purpose, so that a key
    that is short cannot be found by trying.
    """
    salt = f"pitchbar backup {name}".encode()
    return hashlib.scrypt(app_key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex()
