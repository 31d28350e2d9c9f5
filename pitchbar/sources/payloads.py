"""What programs send and get about sources."""

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field, JsonValue

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.sources.crawls.progress import Progress
from pitchbar.sources.models import Generation, Source

EXAMPLE: dict[str, JsonValue] = {
    "id": 12,
    "kind": "site",
    "name": "Help centre",
    "url": "https://help.shop.example",
    "status": "indexed",
    "error": "",
    "paused": False,
    "schedule": "weekly",
    "documents": 118,
    "version": 4,
    "held_version": None,
    "pages": {"found": 130, "fetched": 130, "indexed": 118, "skipped": 11, "failed": 1},
    "created_at": "2026-03-02T09:15:00+00:00",
    "read_at": "2026-03-09T09:20:11+00:00",
}


_PAGE: dict[str, JsonValue] = {
    "id": 4711,
    "url": "https://help.shop.example/returns",
    "state": "read",
    "reason": "",
    "detail": "",
    "status": 200,
    "tries": 1,
    "hops": [],
    "robots": "robots.txt allows it: no line speaks of it",
    "canonical": "",
    "content_hash": "9f2feb0f1ef425b292f2f94bc8482494df430413d6a2b9a3f2f5f6a1b9a0c7de",
    "characters_in": 18230,
    "characters_kept": 2954,
    "elapsed_ms": 212,
    "fetched_at": "2026-03-09T09:18:44+00:00",
}


class SourceChanges(Payload):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"schedule": "daily"}]})

    name: Text | None = Field(None, min_length=1, max_length=120)
    include: list[Text] | None = Field(None, max_length=100)
    exclude: list[Text] | None = Field(None, max_length=100)
    hosts: list[Text] | None = Field(None, max_length=20)
    page_cap: int | None = Field(None, ge=1)
    schedule: Literal["off", "daily", "weekly"] | None = None
    text: str | None = Field(None, description="Of a text: read again at once.")
    paused: bool | None = Field(None, description="Whether it is left alone for now.")


class NewSource(Payload):
    """A file comes as `multipart/form-data`: `kind=file`, `name` and the `file`."""

    takes_form: ClassVar[bool] = True
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "site", "name": "Help centre", "url": "https://help.shop.example"}
            ]
        }
    )

    kind: Literal["url", "site", "sitemap", "feed", "text", "file"]
    name: Text = Field("", max_length=120, description="The address or the file's name otherwise.")
    url: Text = Field("", max_length=2048, description="Where it begins: a public address.")
    text: str = Field("", description="Of a text: what answers are found in.")
    include: list[Text] = Field([], max_length=100, description="Patterns such as `/docs`.")
    exclude: list[Text] = Field([], max_length=100, description="Patterns of what is left out.")
    hosts: list[Text] = Field([], max_length=20, description="Further hosts that belong to it.")
    page_cap: int | None = Field(None, ge=1, description="The most pages that are read.")
    schedule: Literal["off", "daily", "weekly"] = Field("off", description="When it is read again.")


class PageCounts(ResponseModel):
    found: int
    fetched: int
    indexed: int
    skipped: int
    failed: int


class SourceResponse(ResponseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    kind: str
    name: str
    url: str
    status: Literal["pending", "crawling", "indexed", "failed"]
    error: str = Field(description="Why it failed, as a sentence; empty otherwise.")
    paused: bool
    schedule: str
    documents: int = Field(description="In the version that answers.")
    version: int | None = Field(description="The number of the version that answers.")
    held_version: int | None = Field(description="One that waits for a person, if any does.")
    pages: PageCounts = Field(description="Of the newest reading.")
    created_at: Timestamp
    read_at: Timestamp | None


class SourceList(ResponseModel):
    data: list[SourceResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class PageResponse(ResponseModel):
    """What became of one page."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAGE]})

    id: int
    url: str
    state: str
    reason: str = Field(description="A word for programs: `http_404`, `robots`, `too_little`, …")
    detail: str = Field(description="The same as a sentence for people.")
    status: int | None
    tries: int
    hops: list[str]
    robots: str
    canonical: str
    content_hash: str
    characters_in: int
    characters_kept: int
    elapsed_ms: int
    fetched_at: Timestamp | None


class PageList(ResponseModel):
    data: list[PageResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def source_values(
    source: Source, active: Generation | None, latest: Generation | None, progress: Progress | None
) -> dict[str, Any]:
    return {
        **{name: getattr(source, name) for name in ("id", "kind", "name", "url", "status")},
        "error": source.error,
        "paused": source.paused_at is not None,
        "schedule": source.schedule,
        "documents": active.documents if active else 0,
        "version": active.number if active else None,
        "held_version": latest.number if latest and latest.state == "held" else None,
        "pages": {
            "found": progress.found if progress else 0,
            "fetched": progress.fetched if progress else 0,
            "indexed": progress.read + progress.unchanged if progress else 0,
            "skipped": progress.skipped if progress else 0,
            "failed": progress.missed if progress else 0,
        },
        "created_at": source.created_at,
        "read_at": active.read_at if active else None,
    }
