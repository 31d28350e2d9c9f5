"""Which requests have a reader for their body; nobody waits for the body of any other."""

import re
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from werkzeug.routing import Map, MapAdapter

_BODILESS = ("GET", "HEAD", "OPTIONS")


class BodyReaders:
    """Without an application, as in the process that redirects alone, few are read."""

    def __init__(self) -> None:
        self._addresses: MapAdapter | None = None
        self._posted: re.Pattern[str] | None = None
        self._most_posted = 0
        self._prefixes: tuple[str, ...] = ()
        self._uploads: dict[re.Pattern[str], int] = {}

    def know(self, addresses: "Map") -> None:
        self._addresses = addresses.bind("")

    def know_posts(self, path: str, most: int) -> None:
        """Args:
        path: a pattern of addresses of which somebody before the application reads a POST.
        most: bytes that are read, if the head says so many.
        """
        self._posted, self._most_posted = re.compile(path), most

    def know_prefix(self, prefix: str) -> None:
        """Of addresses that are answered without an application."""
        self._prefixes = (*{*self._prefixes, prefix},)

    def know_uploads(self, path: str, most: int) -> None:
        """Args:
        path: a pattern of addresses that take files.
        most: bytes of a whole body there.
        """
        self._uploads[re.compile(path)] = most

    def most_of(self, method: str, path: str, usual: int) -> int:
        """How large a body is worth waiting for."""
        if method != "POST":
            return usual
        found = (most for pattern, most in self._uploads.items() if pattern.fullmatch(path))
        return max(found, default=usual)

    def wants(self, method: str, path: str, length: int = 0) -> bool:
        """Whether an address takes this method; an unknown one is answered at once.

        Args:
            length: of the body; 0 where the head does not say it.
        """
        if method in _BODILESS:
            return False
        if self._prefixes and path.startswith(self._prefixes):
            return True
        is_small = method == "POST" and 0 < length <= self._most_posted
        if is_small and self._posted and self._posted.fullmatch(path):
            return True
        if self._addresses is None:
            return False
        try:
            self._addresses.match(path, method)
        except HTTPException:
            # Unknown, another method's, or somewhere else.
            return False
        return True


body_readers = BodyReaders()
