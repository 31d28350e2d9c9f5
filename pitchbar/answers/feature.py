"""Answers: one turn, from the question to the answer, with or without a model."""

from pitchbar.answers import commands, subscribers
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("workspaces", "agents"), subscribe=subscribers.register, commands=(commands.ask,)
)
