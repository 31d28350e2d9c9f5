"""Figures of conversations."""

from pitchbar.chat_analytics import subscribers, views
from pitchbar.chat_analytics.demo import make_demo
from pitchbar.core.features import Feature, NavigationItem

FEATURE = Feature(
    requires=("agents", "chat", "analytics", "curation"),
    blueprints=(views.bp,),
    subscribe=subscribers.register,
    make_demo=make_demo,
    navigation=(
        NavigationItem(
            "Talk",
            45,
            "view",
            "chat_figures.index",
            "gauge",
            "Chat figures",
            keys="g f",
            in_bar=False,
        ),
    ),
)
