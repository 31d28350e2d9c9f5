"""Retrieval: the index over what sources say, and the search in it."""

from pitchbar.core.features import Feature
from pitchbar.retrieval import api, commands, subscribers, tasks
from pitchbar.retrieval.checks import CHECKS

FEATURE = Feature(
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    commands=(commands.audit_vectors, commands.rebuild_vectors),
    checks=CHECKS,
)
