"""Analytics: what scans and conversions add up to, by everything that is known of them."""

from pitchbar.analytics.boards import code_panels, comparison, live, views
from pitchbar.analytics.boards.annotations import views as annotations
from pitchbar.analytics.boards.annotations.services import forget_annotations
from pitchbar.analytics.boards.saved_views import views as saved_views
from pitchbar.analytics.boards.saved_views.services import forget_views
from pitchbar.analytics.demo import make_demo
from pitchbar.core.features import Feature
from pitchbar.events.services import subscribe as subscribe_to


def subscribe() -> None:
    subscribe_to("workspace.purged", forget_annotations)
    subscribe_to("workspace.purged", forget_views)
    code_panels.register()


FEATURE = Feature(
    requires=("scans", "conversions"),
    blueprints=(views.bp, live.bp, comparison.bp, saved_views.bp, annotations.bp),
    subscribe=subscribe,
    make_demo=make_demo,
)
