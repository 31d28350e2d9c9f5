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
        self._prefixes: tuple[str, ...] = ()

    def know(self, addresses: "Map") -> None:
        self._addresses = addresses.bind("")

    def know_posts(self, path: str) -> None:
        """A pattern of addresses of which somebody before the application reads a POST."""
        self._posted = re.compile(path)

    def know_prefix(self, prefix: str) -> None:
        """Of addresses that are answered without an application."""
        self._prefixes = (*{*self._prefixes, prefix},)

    def wants(self, method: str, path: str) -> bool:
        """Whether an address takes this method; an unknown one is answered at once."""
        if method in _BODILESS:
            return False
        if self._prefixes and path.startswith(self._prefixes):
            return True
        if self._posted and method == "POST" and self._posted.fullmatch(path):
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
