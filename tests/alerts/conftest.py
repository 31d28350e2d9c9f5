"""What the tests of this folder share."""

import pytest

from pitchbar.alerts.minutes import forget_wanted
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture for this folder


@pytest.fixture(autouse=True)
def _nothing_is_known_of_other_databases() -> None:
    forget_wanted()
