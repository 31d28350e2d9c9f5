from collections.abc import Iterator
from typing import Any

import pytest

from pitchbar.settings import Settings
from tests.billing.factories import stripe_settings
from tests.conftest import MakeSettings
from tests.fakes.stripe import FakeStripe, stripe_server
from tests.support import mail_jobs

mail_at_once = mail_jobs.mail_at_once


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with stripe_server() as fake:
        yield fake


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, make_settings: MakeSettings, stripe: FakeStripe
) -> Settings:
    """With keys of the fake; `settings(stripe_secret_key="")` is an installation without."""
    values: dict[str, Any] = stripe_settings(stripe.url)
    for mark in reversed(list(request.node.iter_markers("settings"))):
        values |= mark.kwargs
    return make_settings(**values)
