"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics.reconciliation import tasks as reconciliation_tasks
from pitchbar.analytics.reconciliation.commands import reconcile
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("scans", "conversions"),
    tasks=(reconciliation_tasks,),
    commands=(reconcile,),
)
