"""Pages that join features: home, a workspace's overview, the guide to the API."""

from pitchbar.core.features import Feature, NavigationItem
from pitchbar.pages import api, api_docs, palette, views

FEATURE = Feature(
    requires=("codes", "scans", "workspaces"),
    blueprints=(views.bp, api_docs.bp, palette.bp),
    api_blueprints=(api.bp,),
    navigation=(
        NavigationItem(
            "Track", 10, "view", "pages.overview", "layout-dashboard", "Overview", keys="g o"
        ),
    ),
)
