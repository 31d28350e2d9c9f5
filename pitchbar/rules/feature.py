"""Rules: which visitor of a code is led where."""

from pitchbar.core.features import Feature
from pitchbar.rules import subscribers

FEATURE = Feature(requires=("codes",), subscribe=subscribers.register)
