"""Leads: people who left an address with an agent, and what became of them."""

from pitchbar.core.features import Feature, Finder, NavigationItem
from pitchbar.leads import api, bulk_views, missed, subscribers, tasks, views
from pitchbar.leads.demo import make_demo
from pitchbar.leads.finding import find_leads

FEATURE = Feature(
    requires=("agents", "chat", "conversions", "curation"),
    blueprints=(views.bp, bulk_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks, missed),
    subscribe=subscribers.register,
    navigation=(
        NavigationItem(
            "Talk", 40, "view", "leads.index", "user-round", "Leads", keys="g p", in_bar=False
        ),
    ),
    finders=(Finder("view", find_leads),),
    make_demo=make_demo,
)
