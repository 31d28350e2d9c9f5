"""Billing: plans that are paid for, by Stripe."""

from pitchbar.core.features import Feature

FEATURE = Feature(requires=("workspaces",))
