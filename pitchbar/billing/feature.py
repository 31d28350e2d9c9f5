"""Billing: plans that are paid for, by Stripe."""

from pitchbar.billing import change_views, subscribers, tasks, views, webhook_views
from pitchbar.billing.commands import billing, plans
from pitchbar.core.features import Act, Feature, NavigationItem

FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, change_views.bp),
    api_blueprints=(webhook_views.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    navigation=(
        NavigationItem(
            "Manage", 80, "manage_billing", "billing.index", "credit-card", "Billing", keys="g r"
        ),
    ),
    acts=(Act("manage_billing", "billing.index", "credit-card", "Change the plan"),),
    commands=(billing, plans),
)
