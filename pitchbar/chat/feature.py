"""Chat: conversations of visitors with agents, and what the widget speaks to."""

from pitchbar.chat import subscribers
from pitchbar.core.features import Feature

FEATURE = Feature(requires=("workspaces", "agents", "scans"), subscribe=subscribers.register)
