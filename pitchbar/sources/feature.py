"""Sources: what answers are found in, read from sites, files and texts."""

from flask import Flask

from pitchbar.connections.bodies import body_readers
from pitchbar.core.features import Act, Feature, Finder, NavigationItem
from pitchbar.sources import api, finding_views, outward, page_views, subscribers, tasks, views
from pitchbar.sources.demo import make_demo
from pitchbar.sources.finding import find_by_words
from pitchbar.sources.forms import most_body

_UPLOADS = r"/w/[^/]+/sources|/api/v1/workspaces/[^/]+/sources"


def subscribe() -> None:
    subscribers.register()
    outward.declare_events()


def configure(app: Flask) -> None:
    body_readers.know_uploads(_UPLOADS, most_body(app.extensions["settings"]))


FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, finding_views.bp, page_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    configure=configure,
    subscribe=subscribe,
    navigation=(
        NavigationItem(
            "Talk", 30, "view", "sources.index", "book-open", "Sources", keys="g k", in_bar=False
        ),
    ),
    acts=(Act("edit_sources", "sources.new", "book-open", "Add source"),),
    finders=(Finder("view", find_by_words),),
    make_demo=make_demo,
)
