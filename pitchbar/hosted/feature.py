"""Agents' own pages, and the way from nothing to a printed code that leads to one."""

from flask import Flask

from pitchbar.agents.tabs import Tab, add_tab
from pitchbar.codes.destinations import allow_own_pages
from pitchbar.codes.offered_destinations import offer_destinations
from pitchbar.core.features import Act, Feature
from pitchbar.hosted import (
    progress_views,
    subscribers,
    tab_views,
    talking_views,
    views,
)
from pitchbar.hosted.destinations import list_pages


def configure(_app: Flask) -> None:
    add_tab(Tab(45, "agent_page.show", "Page"))
    offer_destinations(list_pages)
    allow_own_pages(r"/c/ag_[0-9a-f]{20}")


FEATURE = Feature(
    requires=("agents", "chat", "widget", "codes", "sources"),
    blueprints=(views.bp, tab_views.bp, talking_views.bp, progress_views.bp),
    subscribe=subscribers.register,
    configure=configure,
    hot_templates=("hosted/page.html",),
    acts=(Act("edit_codes", "talking_codes.new", "message-square", "New code that talks"),),
)
