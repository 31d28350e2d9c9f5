"""Privacy: what is deleted when, with receipts, and one person's data on request."""

from pitchbar.core.features import Feature
from pitchbar.privacy import subscribers, tasks, views
from pitchbar.privacy.commands import purge_privacy

FEATURE = Feature(
    requires=("scans", "conversions", "workspaces"),
    blueprints=(views.bp, views.public_bp),
    tasks=(tasks,),
    subscribe=subscribers.register,
    commands=(purge_privacy,),
)
