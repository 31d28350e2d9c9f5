"""The studio: how codes look, whether that scans, and templates for many of them."""

from flask import Flask

from pitchbar.codes.panels import (
    Action,
    ListAction,
    register_action,
    register_list_action,
)
from pitchbar.connections.bodies import body_readers
from pitchbar.core.features import Act, Feature
from pitchbar.studio import (
    api,
    logo_views,
    renaming_views,
    subscribers,
    template_api,
    views,
)
from pitchbar.studio.demo import make_demo
from pitchbar.studio.errors import DoesNotScan

_UPLOADS = r"/w/[^/]+/codes/logos|/api/v1/workspaces/[^/]+/design-images"


def subscribe() -> None:
    subscribers.register()
    register_action(Action("edit_codes", "designs.edit", "palette", "Design"))
    register_list_action(
        ListAction("view", "design_templates.index", "palette", "Design templates")
    )


def configure(app: Flask) -> None:
    app.register_error_handler(DoesNotScan, views.lead_to_design)
    body_readers.know_uploads(_UPLOADS, logo_views.MOST_BODY)


FEATURE = Feature(
    requires=("codes", "workspaces"),
    blueprints=(views.bp, logo_views.bp, renaming_views.bp),
    api_blueprints=(api.bp, template_api.bp),
    configure=configure,
    subscribe=subscribe,
    acts=(Act("view", "design_templates.index", "palette", "Design templates"),),
    make_demo=make_demo,
)
