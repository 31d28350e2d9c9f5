"""Figures of conversations."""

from pitchbar.chat_analytics import subscribers, views
from pitchbar.core.features import Feature, NavigationItem

FEATURE = Feature(
    requires=("agents", "chat", "analytics"),
    blueprints=(views.bp,),
    subscribe=subscribers.register,
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
