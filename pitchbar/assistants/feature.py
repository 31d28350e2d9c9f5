"""Assistants reach the API by the Model Context Protocol."""

from pitchbar.assistants import commands
from pitchbar.core.features import Feature

FEATURE = Feature(commands=(commands.mcp,))
