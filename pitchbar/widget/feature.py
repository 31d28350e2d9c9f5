"""The widget: the files that customers' pages load, and how they get there."""

from flask import Flask

from pitchbar.core.features import Feature
from pitchbar.widget import api, file_views
from pitchbar.widget.addresses import own_file, widget_script
from pitchbar.widget.commands import widget


def configure(app: Flask) -> None:
    app.jinja_env.globals.update(widget_script=widget_script, widget_file=own_file)


FEATURE = Feature(
    requires=("agents", "chat"),
    blueprints=(file_views.bp,),
    api_blueprints=(api.bp,),
    configure=configure,
    commands=(widget,),
)
