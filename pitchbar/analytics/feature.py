"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import api, subscribers, tasks
from pitchbar.analytics.boards import code_panels, comparison, live, views
from pitchbar.analytics.boards.annotations import views as annotations
from pitchbar.analytics.boards.annotations.services import forget_annotations
from pitchbar.analytics.boards.saved_views import views as saved_views
from pitchbar.analytics.boards.saved_views.services import forget_views
from pitchbar.analytics.columnar import subscribers as columnar
from pitchbar.analytics.columnar import tasks as columnar_tasks
from pitchbar.analytics.columnar.commands import analytics
from pitchbar.analytics.reconciliation import tasks as reconciliation_tasks
from pitchbar.analytics.reconciliation.commands import reconcile
from pitchbar.core.features import Feature
from pitchbar.events.services import subscribe as subscribe_to


def subscribe() -> None:
    subscribers.register()
    columnar.register()
    subscribe_to("workspace.purged", forget_annotations)
    subscribe_to("workspace.purged", forget_views)
    code_panels.register()


FEATURE = Feature(
    requires=("scans", "conversions"),
    blueprints=(views.bp, live.bp, comparison.bp, saved_views.bp, annotations.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks, columnar_tasks, reconciliation_tasks),
    subscribe=subscribe,
    commands=(reconcile, analytics),
    configure=columnar.configure,
)
