"""Billing: what the plan allows, what is used of it, and how it is paid for."""

from pitchbar.billing.usage import feature as usage
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("workspaces",), blueprints=usage.BLUEPRINTS, navigation=usage.NAVIGATION
)
