"""Why a request to somebody else's address came to nothing."""

from typing import Literal

Kind = Literal[
    "bad_url",
    "refused_address",
    "dns",
    "connect",
    "tls",
    "timeout",
    "broken_answer",
    "too_large",
    "too_many_redirects",
]


class OutboundError(Exception):
    """A sentence for the person whose address it is; `url` is where it happened, which redirects
    may have led to, and `redirects` are the addresses that were asked before it.
    """

    def __init__(
        self, kind: Kind, sentence: str, *, url: str = "", redirects: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.url = url
        self.redirects = redirects

    def at(self, url: str, redirects: tuple[str, ...]) -> "OutboundError":
        return OutboundError(self.kind, str(self), url=url, redirects=redirects)
