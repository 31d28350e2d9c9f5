"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import api, subscribers, tasks
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("scans", "conversions"),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
)
