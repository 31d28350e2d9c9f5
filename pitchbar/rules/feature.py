"""Rules: which visitor of a code is led where."""

from pitchbar.core.features import Feature
from pitchbar.rules import api, subscribers
from pitchbar.rules.demo import make_demo

FEATURE = Feature(
    requires=("codes",),
    api_blueprints=(api.bp,),
    subscribe=subscribers.register,
    make_demo=make_demo,
)
