"""Conversions: what came of scans, told by a pixel or by a program."""

from pitchbar.conversions import draining, subscribers
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("scans",),
    tasks=(draining,),
    subscribe=subscribers.register,
)
