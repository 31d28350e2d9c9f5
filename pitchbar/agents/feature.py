"""Agents: what answers visitors, what it is like and who may ask it."""

from pitchbar.agents import subscribers
from pitchbar.core.features import Feature

FEATURE = Feature(requires=("workspaces", "sources"), subscribe=subscribers.register)
