"""Link health: whether what codes lead to answers, looked at once a day."""

from pitchbar.core.features import Feature
from pitchbar.link_health import code_panels, subscribers, tasks, views
from pitchbar.link_health.demo import make_demo


def subscribe() -> None:
    subscribers.register()
    code_panels.register()


FEATURE = Feature(
    requires=("rules",),
    blueprints=(views.bp,),
    tasks=(tasks,),
    subscribe=subscribe,
    make_demo=make_demo,
)
