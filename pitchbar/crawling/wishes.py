"""What is asked of a site, and what came back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pitchbar.clients import outbound
from pitchbar.crawling.agent import user_agent
from pitchbar.crawling.robots_store import Send

MAX_BYTES = 5 * 1024 * 1024
ACCEPT = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/*;q=0.9,*/*;q=0.5"

MayFollow = Callable[[str], bool]


def anywhere(_url: str) -> bool:
    return True


@dataclass(frozen=True)
class Fetched:
    """Attributes:
    url: what was asked for; `final_url` is where redirects led, by way of `hops`.
    body: unpacked; cut where `was_cut`, which only some callers allow.
    is_unchanged: it is as it was when it had the `etag` or date that was sent; there is no body.
    robots: a sentence: by which rule it was allowed.
    """

    url: str
    final_url: str
    hops: tuple[str, ...]
    status: int
    content_type: str
    charset: str
    body: bytes
    etag: str
    last_modified: str
    is_unchanged: bool
    elapsed_ms: int
    robots: str
    headers: Mapping[str, str] = field(default_factory=dict)
    was_cut: bool = False


@dataclass(frozen=True)
class Wish:
    """What is asked for, and within what."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = ACCEPT
    max_bytes: int = MAX_BYTES
    may_be_cut: bool = False
    may_follow: MayFollow = anywhere
    send: Send = outbound.send

    @property
    def is_conditional(self) -> bool:
        return bool(self.etag or self.last_modified)

    def headers(self) -> list[tuple[str, str]]:
        found = [
            ("User-Agent", user_agent()),
            ("Accept", self.accept),
            # What is packed in other ways cannot be unpacked within bounds.
            ("Accept-Encoding", "gzip, deflate"),
        ]
        if self.etag:
            found.append(("If-None-Match", self.etag))
        if self.last_modified:
            found.append(("If-Modified-Since", self.last_modified))
        return [pair for pair in found if pair[1].isprintable()]
