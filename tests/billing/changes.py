from functools import cache
from typing import Any

from flask import current_app

from pitchbar.billing.reading import refresh
from pitchbar.billing.rows import find_row
from pitchbar.core import clock
from pitchbar.settings import current_settings
from tests.billing.factories import billing_settings, make_customer, payments, stripe_settings
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe_account import STARTER
from tests.support.changes import Change
from tests.support.factories import People
from tests.support.loopback import LoopbackServer


@cache
def _stripe() -> FakeStripe:
    """One for the process, as nothing of it is looked at."""
    fake = FakeStripe()
    fake.url = LoopbackServer(fake.handle).url
    return fake


def _with_keys(_people: People) -> dict[str, Any]:
    values = stripe_settings(_stripe().url)
    names = [name for name in values if name.startswith("stripe_price_") and "metered" not in name]
    values |= {name: (values[name],) for name in (*names, "ops_email_allowlist")}
    values["stripe_webhook_secret"] = (values["stripe_webhook_secret"],)
    current_app.extensions["settings"] = current_settings().replaced(**values)
    return {}


def _subscribed(people: People) -> dict[str, Any]:
    _with_keys(people)
    customer = make_customer(people.workspace, _stripe()).customer_id
    _stripe().account.subscribe(str(customer), [STARTER])
    refresh(people.workspace.id, payments(), billing_settings(), clock.now())
    assert find_row(people.workspace.id)
    return {}


def _changed(people: People) -> dict[str, Any]:
    _subscribed(people)
    return {"at": str(int(clock.now().timestamp()))}


def _in_development(_people: People) -> dict[str, Any]:
    known = current_settings().replaced(stripe_secret_key="")
    current_app.extensions["settings"] = known
    return {}


CHANGES = {
    "POST /w/<slug>/billing/checkout": Change({"plan": "growth"}, parts=_with_keys),
    "POST /w/<slug>/billing/portal": Change(parts=_subscribed),
    "POST /w/<slug>/billing/plan": Change({"plan": "scale"}, parts=_in_development),
    "POST /w/<slug>/billing/change": Change({"plan": "growth"}, parts=_changed),
    "POST /w/<slug>/billing/cancellation": Change(parts=_subscribed),
    "POST /w/<slug>/billing/resumption": Change(parts=_subscribed),
    "POST /w/<slug>/billing/overage": Change({"wants": "yes"}, parts=_subscribed),
}
