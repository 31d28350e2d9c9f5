"""Visitors: one person across scans, chats, leads and conversions."""

from flask import Flask

from pitchbar.core.features import Act, Feature
from pitchbar.inbox.panels import Panel, add_panel
from pitchbar.leads.panels import Tab, add_tab, register_panel
from pitchbar.visitors import code_panels, views
from pitchbar.visitors.exports import forgetting, tasks
from pitchbar.visitors.exports import views as export_views
from pitchbar.visitors.exports.conversations import declare_conversations
from pitchbar.visitors.lead_panel import render_timeline
from pitchbar.visitors.thread_panel import panel as thread_panel


def configure(_app: Flask) -> None:
    code_panels.register()
    register_panel(render_timeline)
    add_panel(Panel(10, thread_panel))
    declare_conversations()
    add_tab(Tab("visitors.index", "By code", "qr-code"))


FEATURE = Feature(
    requires=("codes", "scans", "conversions", "analytics", "chat", "leads", "inbox"),
    blueprints=(views.bp, export_views.bp),
    tasks=(tasks,),
    acts=(
        Act("export", "conversation_exports.new", "download", "Export conversations"),
        Act("view", "visitors.index", "qr-code", "What codes started"),
    ),
    # Beside each conversation of the inbox.
    hot_templates=("visitors/_timeline.html", "visitors/_steps.html"),
    configure=configure,
    subscribe=forgetting.register,
)
