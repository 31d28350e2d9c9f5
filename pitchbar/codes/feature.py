"""Codes: a printed short address whose destination can be changed."""

from pitchbar.codes import (
    address_views,
    api,
    bulk_views,
    destination_views,
    preview_views,
    selection_views,
    settings_views,
    subscribers,
    views,
)
from pitchbar.codes.commands import qr
from pitchbar.codes.demo import make_demo
from pitchbar.codes.finding import find_codes
from pitchbar.codes.labels import api as labels_api
from pitchbar.codes.labels import views as labels
from pitchbar.core.features import Act, Feature, Finder, NavigationItem

FEATURE = Feature(
    requires=("workspaces", "domains"),
    blueprints=(
        views.bp,
        destination_views.bp,
        preview_views.bp,
        selection_views.bp,
        settings_views.bp,
        address_views.bp,
        labels.bp,
        bulk_views.bp,
    ),
    api_blueprints=(api.bp, labels_api.bp),
    commands=(qr,),
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
            keys="g c",
        ),
    ),
    acts=(Act("edit_codes", "codes.new", "plus", "Create code", keys="c"),),
    finders=(Finder("view", find_codes),),
    make_demo=make_demo,
)
