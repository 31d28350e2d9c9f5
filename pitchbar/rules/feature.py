"""Rules: which visitor of a code is led where."""

from pitchbar.core.features import Feature
from pitchbar.rules import code_panel, subscribers, views


def subscribe() -> None:
    subscribers.register()
    code_panel.register()


FEATURE = Feature(requires=("codes",), blueprints=(views.bp,), subscribe=subscribe)
