import resource
from dataclasses import dataclass

from pydantic import Field, field_validator

from pitchbar.core import hosts
from pitchbar.core.setting_types import SettingsGroup

# Beside connections: database, Redis, files, static assets.
_OTHER_FILES = 200
# A body may come at a phone's pace, not slower: each so many bytes earn it another second.
BYTES_PER_SECOND = 2000


@dataclass(frozen=True)
class Deadlines:
    """How long a connection may take, in seconds.

    Attributes:
        head: from its first moment (or the last answer) to the end of a request's head.
        body: from the end of the head to the end of the body, for what is not sent fast.
        idle: between two pieces of either.
    """

    head: float
    body: float
    idle: float


class ConnectionSettings(SettingsGroup):
    request_head_seconds: float = Field(10.0, ge=1, le=600)
    request_body_seconds: float = Field(20.0, ge=1, le=3600)
    request_idle_seconds: float = Field(5.0, ge=0.5, le=600)
    max_connections: int = Field(4000, ge=50, le=100_000)
    realtime_url: str = ""

    @field_validator("realtime_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        return hosts.check_origin(value) if value else ""

    @property
    def deadlines(self) -> Deadlines:
        return Deadlines(
            self.request_head_seconds, self.request_body_seconds, self.request_idle_seconds
        )

    def count_connections(self) -> int:
        """How many this process can hold; raises its own limit of open files as far as it may."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.max_connections + _OTHER_FILES
        if soft != resource.RLIM_INFINITY and soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft == resource.RLIM_INFINITY:
            return self.max_connections
        return max(50, min(self.max_connections, soft - _OTHER_FILES))
