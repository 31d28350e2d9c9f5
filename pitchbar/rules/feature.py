"""Rules: which visitor of a code is led where."""

from pitchbar.core.features import Feature
from pitchbar.rules import api, subscribers

FEATURE = Feature(requires=("codes",), api_blueprints=(api.bp,), subscribe=subscribers.register)
