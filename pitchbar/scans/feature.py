"""Scans: the redirect, and every scan stored, counted and shown."""

from pitchbar.core.features import Feature
from pitchbar.scans import api, subscribers, tasks, views
from pitchbar.scans.demo import make_demo

FEATURE = Feature(
    requires=("codes",),
    blueprints=(views.bp,),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    make_demo=make_demo,
)
