"""Scans: the redirect, and every scan stored, counted and shown."""

from pitchbar.core.features import Feature
from pitchbar.scans import api, code_panels, draining, subscribers, tasks
from pitchbar.scans.demo import make_demo
from pitchbar.scans.erasure import register_holdings


def subscribe() -> None:
    subscribers.register()
    code_panels.register()
    register_holdings()


FEATURE = Feature(
    requires=("codes", "rules"),
    api_blueprints=(api.bp,),
    tasks=(tasks, draining),
    subscribe=subscribe,
    make_demo=make_demo,
)
