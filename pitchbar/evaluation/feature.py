"""How well an agent answers: its playground, its test questions and their runs."""

from flask import Flask

from pitchbar.agents.tabs import Tab, add_tab
from pitchbar.core.features import Feature
from pitchbar.evaluation import regression_views, subscribers, tasks, views
from pitchbar.evaluation.demo import make_demo


def configure(_app: Flask) -> None:
    add_tab(Tab(10, "playground.show", "Playground"))
    add_tab(Tab(40, "regression.index", "Tests"))


FEATURE = Feature(
    requires=("agents", "chat", "curation"),
    blueprints=(views.bp, regression_views.bp),
    tasks=(tasks,),
    configure=configure,
    subscribe=subscribers.register,
    make_demo=make_demo,
)
