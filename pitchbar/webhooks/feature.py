"""Webhooks: what happens in a workspace, told to programs elsewhere, signed."""

from flask import Flask

from pitchbar.core.features import Feature
from pitchbar.webhooks import subscribers, tasks
from pitchbar.webhooks.calling import Pumps
from pitchbar.webhooks.personal_data import register_holdings
from pitchbar.webhooks.settings import WebhookSettings


def subscribe() -> None:
    subscribers.register()
    register_holdings()


def configure(app: Flask) -> None:
    Pumps.count = app.extensions["settings"][WebhookSettings].webhook_pumps


FEATURE = Feature(
    requires=("workspaces",),
    tasks=(tasks,),
    subscribe=subscribe,
    configure=configure,
)
