"""What files can hold. Scans are declared here; features above declare theirs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pitchbar.analytics.exports.models import Export
from pitchbar.jobs import Task
from pitchbar.workspaces.models import Workspace

SCANS = "scans"


@dataclass(frozen=True)
class Part:
    """Attributes:
    rows: as they stand in the file.
    count: how many things of the content they tell of.
    place: where the next part begins.
    """

    rows: Sequence[Any]
    count: int
    place: str


@dataclass(frozen=True)
class Content:
    """Attributes:
    noun: what is counted, such as "scans".
    columns: of a kind of file.
    parts: of a workspace, the export's query and kind, and where to begin.
    task: the job that makes such a file; it takes the export's id.
    describe: the query, in words.
    form_endpoint: the page that asks for such a file; takes the workspace's slug.
    """

    name: str
    label: str
    noun: str
    columns: Callable[[str], Sequence[str]]
    parts: Callable[[Workspace, str, str, str], Iterator[Part]]
    task: Callable[[], Task]
    describe: Callable[[Workspace, str], str] = lambda _workspace, query: query
    form_endpoint: str = ""


_contents: dict[str, Content] = {}


def declare_content(content: Content) -> None:
    _contents[content.name] = content


def list_contents() -> list[Content]:
    return list(_contents.values())


def content_of(export: Export) -> Content:
    return _contents[export.content or SCANS]
