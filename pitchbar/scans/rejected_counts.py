"""How many lines of which hour were set aside, so that what was accepted adds up."""

import hashlib
import logging
from datetime import UTC, datetime

from sqlalchemy import Engine

from pitchbar.core.database import insert_into
from pitchbar.scans.hour_counts import hour_of_line
from pitchbar.scans.models import RejectedLine
from pitchbar.scans.rejected import Rejected

log = logging.getLogger(__name__)


def note_rejected(engine: Engine, rejected: Rejected) -> None:
    """What is no scan at all is in no hour, and left out. It is in the file already: when the
    database does not take the note, the lines are not held up by it.
    """
    found = {}
    for line, error in rejected:
        if hour := hour_of_line(line):
            workspace_id, hours = hour
            digest = hashlib.blake2b(line.strip(), digest_size=16).hexdigest()
            found[digest] = {
                "line_hash": digest,
                "workspace_id": workspace_id,
                "hour_at": datetime.fromtimestamp(hours * 3600, UTC),
                "reason": type(error).__name__,
            }
    if not found:
        return
    try:
        with engine.begin() as connection:
            insert = insert_into(connection, RejectedLine).on_conflict_do_nothing()
            connection.execute(insert, list(found.values()))
    except Exception:
        log.exception("%d rejected lines are not counted", len(found))
