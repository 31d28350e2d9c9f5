"""The widget: the files that customers' pages load, and how they get there."""

from flask import Flask

from pitchbar.agents.tabs import Tab, add_tab
from pitchbar.core.features import Feature
from pitchbar.widget import (
    api,
    file_views,
    install_api,
    install_views,
    preview_views,
    shop_views,
    subscribers,
    tasks,
)
from pitchbar.widget.addresses import own_file, widget_script
from pitchbar.widget.commands import widget


def configure(app: Flask) -> None:
    add_tab(Tab(50, "widget_install.show", "Install"))
    app.jinja_env.globals.update(widget_script=widget_script, widget_file=own_file)


FEATURE = Feature(
    requires=("agents", "chat"),
    blueprints=(file_views.bp, preview_views.bp, install_views.bp, shop_views.bp),
    api_blueprints=(api.bp, install_api.bp),
    tasks=(tasks,),
    subscribe=subscribers.register,
    configure=configure,
    commands=(widget,),
)
