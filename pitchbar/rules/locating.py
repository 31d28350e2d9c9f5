"""The address that a scan ends at, with what the scanned one brought. Only the redirect knows how
it is put together; it registers here, so that a simulated scan ends where a real one does.
"""

from collections.abc import Callable

from pitchbar.codes.models import Code
from pitchbar.core.tagging import set_utm
from pitchbar.rules.compiling import Destination

# Gets a destination and the query of the scanned address.
Locator = Callable[[Destination, str], str]

_locators: list[Locator] = []


def register_locator(locator: Locator) -> None:
    if locator not in _locators:
        _locators.append(locator)


def locate(target: Destination, query: str) -> str:
    return _locators[0](target, query) if _locators else target.location


def target_of(code: Code, url: str) -> Destination:
    """A destination as the code adds to it."""
    location, utm = set_utm(url, code.utm, [])
    return Destination(url, code.utm, code.forward_parameters, location, utm)
