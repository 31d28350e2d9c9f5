"""An application that may ask the hostile site."""

import pytest

from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support.hostile_site import HostileSite


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, make_settings: MakeSettings, site: HostileSite
) -> Settings:
    """It may ask the hostile site, and need not wait between two of its pages."""
    values = {"outbound_allow": site.pair, "crawl_host_pause": 0, "crawl_timeout": 2}
    for mark in reversed(list(request.node.iter_markers("settings"))):
        values |= mark.kwargs
    return make_settings(**values)
