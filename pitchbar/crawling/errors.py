"""Why a page could not be had: a word for programs, a sentence for customers, and what to do."""

from email.utils import parsedate_to_datetime

from pitchbar.clients.outbound import OutboundError
from pitchbar.core import clock

# A site that asks for more is asked again after this.
MAX_RETRY_AFTER = 600.0
THROTTLED_SECONDS = 60.0
# Even when it says at once: else it would be asked without end, as no try is used up.
LEAST_RETRY_AFTER = 1.0

# Time mends these; all others stay as they are until a person changes something.
_TRANSIENT = frozenset(
    ("timeout", "reset", "throttled", "robots_unreachable", "http_408", "http_425", "render")
)
# The words of the guarded client, and ours.
_OUTBOUND_KINDS = {
    "bad_url": "malformed",
    "refused_address": "private_address",
    "connect": "refused",
    "broken_answer": "reset",
}
_STATUS_SENTENCES = {
    400: "The site did not understand the request for this page (400).",
    401: "This page is behind a sign-in (401), so visitors cannot be told what it says.",
    403: "The site does not let our crawler read this page (403).",
    404: "There is no such page (404).",
    405: "The site does not let this page be read (405).",
    407: "A proxy in front of the site wants a sign-in (407).",
    408: "The site waited for the request in vain (408).",
    410: "The page is gone for good (410).",
    418: "The site does not let our crawler read this page (418).",
    451: "The page is withheld for legal reasons (451).",
}


class CrawlError(Exception):
    """`str()` is for customers, `kind` for programs; `url` is where it happened, after `hops`.

    `retry_after` says in how many seconds the site may be asked again, where it said so.
    """

    def __init__(
        self,
        kind: str,
        sentence: str,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        url: str = "",
        hops: tuple[str, ...] = (),
        robots: str = "",
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.retry_after = retry_after
        self.status = status
        self.url = url
        self.hops = hops
        self.robots = robots

    @property
    def is_permanent(self) -> bool:
        """Whether asking again leads nowhere."""
        return not (self.kind in _TRANSIENT or self.kind.startswith("http_5"))

    @property
    def is_throttled(self) -> bool:
        """The site wants to be left alone for a while: no try was used up."""
        return self.kind == "throttled"

    def at(self, url: str, hops: tuple[str, ...], robots: str = "") -> "CrawlError":
        """The same, with where it happened."""
        return CrawlError(
            self.kind,
            str(self),
            retry_after=self.retry_after,
            status=self.status,
            url=url,
            hops=hops,
            robots=robots or self.robots,
        )


def of_outbound(error: OutboundError) -> CrawlError:
    return CrawlError(_OUTBOUND_KINDS.get(error.kind, error.kind), str(error))


def of_status(status: int, retry_after: str = "") -> CrawlError:
    """What an answer of 400 and more means; `retry_after` is the header as it came."""
    seconds = read_retry_after(retry_after)
    if status == 429:
        sentence = "The site asks us to come back later (429)."
        wait = THROTTLED_SECONDS if seconds is None else max(seconds, LEAST_RETRY_AFTER)
        return CrawlError("throttled", sentence, retry_after=wait, status=status)
    if status >= 500:
        sentence = f"The site's server reports an error ({status})."
        is_told = status == 503 and seconds is not None
        wait_or_not = max(seconds or 0.0, LEAST_RETRY_AFTER) if is_told else None
        return CrawlError(f"http_{status}", sentence, retry_after=wait_or_not, status=status)
    sentence = _STATUS_SENTENCES.get(status, f"The site refuses to show this page ({status}).")
    return CrawlError(f"http_{status}", sentence, status=status)


def read_retry_after(value: str) -> float | None:
    """Seconds, cut at `MAX_RETRY_AFTER`; None when the header says nothing that can be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), MAX_RETRY_AFTER)
    try:
        seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
