"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import subscribers, tasks
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("scans", "conversions"),
    tasks=(tasks,),
    subscribe=subscribers.register,
)
