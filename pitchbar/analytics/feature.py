"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import api, subscribers, tasks
from pitchbar.analytics.boards import code_panels, comparison, live, views
from pitchbar.analytics.boards.annotations import views as annotations
from pitchbar.analytics.boards.saved_views import views as saved_views
from pitchbar.analytics.demo import make_demo
from pitchbar.analytics.reconciliation import tasks as reconciliation_tasks
from pitchbar.analytics.reconciliation.commands import reconcile
from pitchbar.core.features import Feature


def subscribe() -> None:
    subscribers.register()
    code_panels.register()


FEATURE = Feature(
    requires=("scans", "conversions"),
    blueprints=(views.bp, live.bp, comparison.bp, saved_views.bp, annotations.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks, reconciliation_tasks),
    subscribe=subscribe,
    commands=(reconcile,),
    make_demo=make_demo,
)
