"""Which conversations an export is of: kept as an address, with its days as they were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement

from pitchbar.chat.models import ENDED, OPEN, Conversation
from pitchbar.core.database import MAX_ID
from pitchbar.scans.ranges import start_of_day
from pitchbar.workspaces.models import Workspace

STATUSES = {"": "All", OPEN: "Still open", ENDED: "Over"}


@dataclass(frozen=True)
class Selection:
    agent: int = 0
    first: date | None = None
    last: date | None = None
    status: str = ""

    @classmethod
    def read(cls, query: str) -> "Selection":
        return cls.of(dict(parse_qsl(query)))

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Selection":
        """What makes no sense there is left out."""
        agent, status = values.get("agent", ""), values.get("status", "")
        is_id = agent.isascii() and agent.isdigit() and len(agent) <= 18
        return cls(
            min(int(agent), MAX_ID) if is_id else 0,
            _date(values.get("from", "")),
            _date(values.get("to", "")),
            status if status in STATUSES else "",
        )

    def write(self) -> str:
        values = {
            "agent": self.agent or "",
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "status": self.status,
        }
        return urlencode({name: value for name, value in values.items() if value})

    def where(self, workspace: Workspace) -> list[ColumnElement[bool]]:
        """Days are those on which a conversation began, where the workspace is."""
        zone = workspace.time_zone
        conditions: list[Any] = [Conversation.workspace_id == workspace.id]
        if self.agent:
            conditions.append(Conversation.agent_id == self.agent)
        if self.first:
            conditions.append(Conversation.started_at >= start_of_day(self.first, zone))
        if self.last:
            end = start_of_day(self.last + timedelta(days=1), zone)
            conditions.append(Conversation.started_at < end)
        if self.status:
            conditions.append(Conversation.status == self.status)
        return conditions

    def in_words(self, agents: Mapping[int, str]) -> str:
        """Empty for all of them."""
        parts = [
            f"with {agents.get(self.agent, 'an agent of before')}" if self.agent else "",
            f"from {self.first.isoformat()}" if self.first else "",
            f"to {self.last.isoformat()}" if self.last else "",
            {OPEN: "still open", ENDED: "that are over"}.get(self.status, ""),
        ]
        return " ".join(part for part in parts if part)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(1970, 1, 2) <= found <= date(9000, 1, 1) else None
