"""Billing: what the plan allows, what is used of it, and how it is paid for, by Stripe."""

from pitchbar.billing import change_views, subscribers, tasks, views, webhook_views
from pitchbar.billing.checks import CHECKS
from pitchbar.billing.commands import billing, plans
from pitchbar.billing.usage import feature as usage
from pitchbar.core.features import Act, Feature, NavigationItem

FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, change_views.bp, *usage.BLUEPRINTS),
    api_blueprints=(webhook_views.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    navigation=(
        *usage.NAVIGATION,
        NavigationItem(
            "Manage", 80, "manage_billing", "billing.index", "credit-card", "Billing", keys="g r"
        ),
    ),
    acts=(Act("manage_billing", "billing.index", "credit-card", "Change the plan"),),
    commands=(billing, plans),
    checks=CHECKS,
)
