"""Scans: the redirect, and every scan stored, counted and shown."""

from pitchbar.billing.hooks import register_scan_counter
from pitchbar.core.features import Feature
from pitchbar.extensions import db
from pitchbar.scans import api, code_panels, draining, subscribers, tasks
from pitchbar.scans.counting import count_recorded
from pitchbar.scans.demo import make_demo
from pitchbar.scans.erasure import register_holdings


def subscribe() -> None:
    subscribers.register()
    register_scan_counter(
        lambda workspace, month: count_recorded(db.session.connection(), workspace.id, month)
    )
    code_panels.register()
    register_holdings()


FEATURE = Feature(
    requires=("codes", "rules"),
    api_blueprints=(api.bp,),
    tasks=(tasks, draining),
    subscribe=subscribe,
    make_demo=make_demo,
)
