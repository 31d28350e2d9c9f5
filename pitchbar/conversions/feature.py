"""Conversions: what came of scans, told by a pixel or by a program."""

from pitchbar.conversions import api, code_panels, draining, subscribers, tasks, views
from pitchbar.conversions.demo import make_demo
from pitchbar.conversions.personal_data import register_holdings
from pitchbar.core.features import Feature, NavigationItem


def subscribe() -> None:
    subscribers.register()
    code_panels.register()
    register_holdings()


FEATURE = Feature(
    requires=("scans",),
    blueprints=(views.bp,),
    api_blueprints=(api.bp,),
    tasks=(tasks, draining),
    make_demo=make_demo,
    subscribe=subscribe,
    navigation=(
        NavigationItem(
            "Track",
            30,
            "view",
            "conversions.index",
            "target",
            "Conversions",
            keys="g v",
            in_bar=False,
        ),
    ),
)
