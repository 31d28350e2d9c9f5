"""Answers that people write, and the questions that wait for one."""

from flask import Flask

from pitchbar.agents.tabs import Tab, add_tab
from pitchbar.core.features import Feature
from pitchbar.curation import gap_views, subscribers, tasks, views
from pitchbar.curation.demo import make_demo


def configure(_app: Flask) -> None:
    add_tab(Tab(20, "gaps.index", "Unanswered"))
    add_tab(Tab(30, "curated_answers.index", "Answers"))


FEATURE = Feature(
    requires=("agents", "chat"),
    blueprints=(views.bp, gap_views.bp),
    tasks=(tasks,),
    configure=configure,
    subscribe=subscribers.register,
    make_demo=make_demo,
)
