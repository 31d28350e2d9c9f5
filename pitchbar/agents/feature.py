"""Agents: what answers visitors, what it is like and who may ask it."""

from pitchbar.agents import api, subscribers, version_views, views
from pitchbar.agents.demo import make_demo
from pitchbar.agents.finding import find_by_words
from pitchbar.core.features import Act, Feature, Finder, NavigationItem

FEATURE = Feature(
    requires=("workspaces", "sources"),
    blueprints=(views.bp, version_views.bp),
    api_blueprints=(api.bp,),
    subscribe=subscribers.register,
    navigation=(NavigationItem("Talk", 20, "view", "agents.index", "bot", "Agents", keys="g b"),),
    acts=(Act("edit_agents", "agents.new", "bot", "New agent"),),
    finders=(Finder("view", find_by_words),),
    make_demo=make_demo,
)
