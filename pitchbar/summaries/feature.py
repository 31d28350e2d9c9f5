"""Summaries: what a week came to, by mail on Monday morning."""

from pitchbar.core.features import Act, Feature
from pitchbar.summaries import subscribers, tasks, views

FEATURE = Feature(
    requires=("analytics", "chat_analytics"),
    blueprints=(views.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    acts=(Act("view", "summaries.show", "mail", "See the weekly summary"),),
)
