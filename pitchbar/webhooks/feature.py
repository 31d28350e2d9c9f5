"""Webhooks: what happens in a workspace, told to programs elsewhere, signed."""

from flask import Flask

from pitchbar.core.features import Act, Feature, Finder, NavigationItem
from pitchbar.webhooks import api, delivery_views, guide_views, subscribers, tasks, views
from pitchbar.webhooks.calling import Pumps
from pitchbar.webhooks.demo import make_demo
from pitchbar.webhooks.finding import find_webhooks
from pitchbar.webhooks.personal_data import register_holdings
from pitchbar.webhooks.settings import WebhookSettings


def subscribe() -> None:
    subscribers.register()
    register_holdings()


def configure(app: Flask) -> None:
    Pumps.count = app.extensions["settings"][WebhookSettings].webhook_pumps


FEATURE = Feature(
    requires=("workspaces",),
    blueprints=(views.bp, delivery_views.bp, guide_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribe,
    configure=configure,
    navigation=(
        NavigationItem(
            "Manage", 25, "manage_webhooks", "webhooks.index", "webhook", "Webhooks", keys="g h"
        ),
    ),
    acts=(Act("manage_webhooks", "webhooks.new", "webhook", "Add webhook"),),
    finders=(Finder("manage_webhooks", find_webhooks),),
    make_demo=make_demo,
)
