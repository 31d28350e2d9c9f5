"""Domains: hosts of a customer's own, on which codes have short addresses."""

from pitchbar.core.features import Act, Feature, Finder, NavigationItem
from pitchbar.domains import api, subscribers, tasks, tls_views, views
from pitchbar.domains.demo import make_demo
from pitchbar.domains.finding import find_domains

FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, tls_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    navigation=(
        NavigationItem("Manage", 20, "view", "domains.index", "globe", "Domains", keys="g d"),
    ),
    acts=(Act("manage_domains", "domains.new", "globe", "Add domain"),),
    finders=(Finder("view", find_domains),),
    make_demo=make_demo,
)
