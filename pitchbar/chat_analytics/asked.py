"""Of which conversations figures are: a span, and perhaps an agent, a code or a campaign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, select

from pitchbar.chat.models import Conversation
from pitchbar.codes.models import Code
from pitchbar.core.database import MAX_ID

METRICS: Mapping[str, str] = {
    "conversations": "Conversations",
    "answered": "Answered",
    "refused": "Refused",
    "handed_over": "Handed over",
}


@dataclass(frozen=True)
class Choice:
    """What an address of the page says; `span` is what of it names the time."""

    agent_id: int = 0
    code_id: int = 0
    campaign: str = ""
    metric: str = "conversations"
    span: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Choice":
        """What cannot be read is left out."""
        metric = arguments.get("metric", "")
        names = ("from", "to") if arguments.get("from") or arguments.get("to") else ("range",)
        return cls(
            _id(arguments.get("agent", "")),
            _id(arguments.get("code", "")),
            arguments.get("campaign", "").replace("\x00", "").strip()[:200],
            metric if metric in METRICS else "conversations",
            tuple((name, arguments[name][:40]) for name in names if arguments.get(name)),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.agent_id or self.code_id or self.campaign)

    def url(self, path: str, **changed: Any) -> str:
        """`range` takes the place of whatever names the time."""
        metric = "" if self.metric == "conversations" else self.metric
        pairs: dict[str, Any] = {**dict(self.span)}
        pairs |= {"agent": self.agent_id, "code": self.code_id, "campaign": self.campaign}
        pairs |= {"metric": metric}
        if "range" in changed:
            pairs = {name: one for name, one in pairs.items() if name not in ("from", "to")}
        pairs |= changed
        query = urlencode([(name, str(one)) for name, one in pairs.items() if one])
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class Asked:
    workspace_id: int
    since: datetime
    until: datetime
    choice: Choice

    def began(self) -> list[ColumnElement[bool]]:
        """Conversations that began in the span."""
        return [
            Conversation.started_at >= self.since,
            Conversation.started_at < self.until,
            *self.narrowed(),
        ]

    def narrowed(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [Conversation.workspace_id == self.workspace_id]
        if self.choice.agent_id:
            found.append(Conversation.agent_id == self.choice.agent_id)
        if self.choice.code_id:
            found.append(Conversation.code_id == self.choice.code_id)
        if self.choice.campaign:
            of_it = select(Code.id).where(
                Code.workspace_id == self.workspace_id, Code.campaign == self.choice.campaign
            )
            found.append(Conversation.code_id.in_(of_it))
        return found


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text[:20]) <= MAX_ID else 0
