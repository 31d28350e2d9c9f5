"""Codes: a printed short address whose destination can be changed."""

from pitchbar.codes import api, destination_views, preview_views, settings_views, subscribers, views
from pitchbar.codes.demo import make_demo
from pitchbar.core.features import Feature, NavigationItem

FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, destination_views.bp, preview_views.bp, settings_views.bp),
    api_blueprints=(api.bp,),
    subscribe=subscribers.register,
    navigation=(
        NavigationItem(
            "Track",
            20,
            "view",
            "codes.index",
            "qr-code",
            "Codes",
            below=(NavigationItem("Track", 1, "edit_codes", "codes.new", "plus", "New code"),),
        ),
    ),
    make_demo=make_demo,
)
