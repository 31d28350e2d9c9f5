"""Rules: which visitor of a code is led where."""

from pitchbar.core.features import Feature
from pitchbar.rules import api, code_panel, subscribers, views
from pitchbar.rules.demo import make_demo


def subscribe() -> None:
    subscribers.register()
    code_panel.register()


FEATURE = Feature(
    requires=("codes",),
    blueprints=(views.bp,),
    api_blueprints=(api.bp,),
    subscribe=subscribe,
    make_demo=make_demo,
)
