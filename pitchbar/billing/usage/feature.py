"""What the page of usage adds to its feature."""

from pitchbar.billing.usage import views
from pitchbar.core.features import NavigationItem

BLUEPRINTS = (views.bp,)
NAVIGATION = (
    NavigationItem(
        "Manage", 50, "view", "usage.index", "chart-column", "Usage", keys="g u", in_bar=False
    ),
)
