"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics import api, subscribers, tasks
from pitchbar.analytics.boards import code_panels, comparison, live, views
from pitchbar.analytics.boards.annotations import views as annotations
from pitchbar.analytics.boards.saved_views import views as saved_views
from pitchbar.analytics.columnar import subscribers as columnar
from pitchbar.analytics.columnar import tasks as columnar_tasks
from pitchbar.analytics.columnar.commands import analytics
from pitchbar.analytics.demo import make_demo
from pitchbar.analytics.exports import tasks as export_tasks
from pitchbar.analytics.exports import views as exports
from pitchbar.analytics.exports.scan_content import declare_scans
from pitchbar.analytics.exports.services import forget_exports
from pitchbar.analytics.public_stats import code_panel as public_stats_panel
from pitchbar.analytics.public_stats import views as public_stats
from pitchbar.analytics.public_stats.services import forget_public_stats
from pitchbar.analytics.reconciliation import tasks as reconciliation_tasks
from pitchbar.analytics.reconciliation.commands import reconcile
from pitchbar.analytics.scan_list import views as scan_list
from pitchbar.core.features import Act, Feature
from pitchbar.events.services import subscribe as subscribe_to


def subscribe() -> None:
    subscribers.register()
    declare_scans()
    columnar.register()
    subscribe_to("workspace.purged", forget_exports)
    subscribe_to("workspace.purged", forget_public_stats)
    code_panels.register()
    public_stats_panel.register()


FEATURE = Feature(
    requires=("scans", "conversions"),
    blueprints=(
        views.bp,
        live.bp,
        comparison.bp,
        saved_views.bp,
        annotations.bp,
        scan_list.bp,
        exports.bp,
        public_stats.bp,
        public_stats.open_bp,
    ),
    api_blueprints=(api.bp,),
    tasks=(tasks, columnar_tasks, export_tasks, reconciliation_tasks),
    acts=(
        Act("view", "scan_list.index", "list", "All scans"),
        Act("export", "exports.index", "download", "Exports"),
        Act("view", "comparison.show", "columns-2", "Compare two codes"),
        Act("view", "saved_views.index", "bookmark", "Saved views"),
        Act("edit_codes", "annotations.new", "sticky-note", "Add a note to the chart"),
    ),
    subscribe=subscribe,
    commands=(reconcile, analytics),
    configure=columnar.configure,
    make_demo=make_demo,
)
