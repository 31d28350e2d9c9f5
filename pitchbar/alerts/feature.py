"""Alerts: rules that are looked at every minute, and what they raised."""

from pitchbar.alerts import notice_tasks, silencing_views, subscribers, tasks, views
from pitchbar.alerts.demo import make_demo
from pitchbar.core.features import Act, Feature, NavigationItem

FEATURE = Feature(
    requires=("scans", "workspaces"),
    blueprints=(views.bp, silencing_views.bp),
    tasks=(tasks, notice_tasks),
    subscribe=subscribers.register,
    configure=silencing_views.configure,
    navigation=(
        NavigationItem(
            "Track", 40, "view", "alerts.index", "bell", "Alerts", keys="g l", in_bar=False
        ),
    ),
    hot_templates=("alerts/_bell.html",),
    acts=(Act("edit_alerts", "alerts.new", "bell", "New alert"),),
    make_demo=make_demo,
)
