"""An application that may read the site on this machine, and need not wait between its pages."""

import pytest

from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support.hostile_site import HostileSite


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, make_settings: MakeSettings, site: HostileSite
) -> Settings:
    values = {"outbound_allow": site.pair, "crawl_host_pause": 0, "crawl_timeout": 2}
    for mark in reversed(list(request.node.iter_markers("settings"))):
        values |= mark.kwargs
    return make_settings(**values)
