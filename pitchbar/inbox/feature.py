"""The inbox: where people of the team join what visitors and agents say."""

from pitchbar.core.features import Feature, NavigationItem
from pitchbar.inbox import acting_views, api, canned_views, live, subscribers, tasks, views
from pitchbar.inbox.demo import make_demo

FEATURE = Feature(
    requires=("workspaces", "agents", "chat", "curation"),
    blueprints=(views.bp, acting_views.bp, canned_views.bp, live.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    navigation=(
        NavigationItem(
            "Talk",
            10,
            "view",
            "inbox.index",
            "inbox",
            "Inbox",
            keys="g i",
            count=live.draw_waiting,
        ),
    ),
    hot_templates=(
        "inbox/index.html",
        "inbox/_moving_lists.html",
        "inbox/_moving_thread.html",
        "inbox/_waiting.html",
    ),
    make_demo=make_demo,
)
