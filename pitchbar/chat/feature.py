"""Chat: conversations of visitors with agents, and what the widget speaks to."""

from pitchbar.chat import api, subscribers, tasks, visitor_api
from pitchbar.chat.demo import make_demo
from pitchbar.core.features import Feature

FEATURE = Feature(
    requires=("workspaces", "agents", "scans", "webhooks"),
    api_blueprints=(api.bp, visitor_api.bp),
    tasks=(tasks,),
    subscribe=subscribers.register,
    make_demo=make_demo,
)
