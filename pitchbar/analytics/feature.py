"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import api, subscribers, tasks
from pitchbar.analytics.reconciliation import tasks as reconciliation_tasks
from pitchbar.analytics.reconciliation.commands import reconcile
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("scans", "conversions"),
    api_blueprints=(api.bp,),
    tasks=(tasks, reconciliation_tasks),
    subscribe=subscribers.register,
    commands=(reconcile,),
)
