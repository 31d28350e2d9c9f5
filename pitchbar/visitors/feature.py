"""Visitors: one person across scans, chats, leads and conversions."""

from flask import Flask

from pitchbar.core.features import Feature
from pitchbar.leads.panels import Tab, add_tab, register_panel
from pitchbar.visitors import code_panels, views
from pitchbar.visitors.lead_panel import render_timeline


def configure(_app: Flask) -> None:
    code_panels.register()
    register_panel(render_timeline)
    add_tab(Tab("visitors.index", "By code", "qr-code"))


FEATURE = Feature(
    requires=("codes", "scans", "conversions", "chat", "leads"),
    blueprints=(views.bp,),
    configure=configure,
)
