"""Transfers: codes brought in from a file, and taken away as a table or as maps for servers."""

from pitchbar.core.features import Act, Feature
from pitchbar.transfers import api, export_views, subscribers, tasks, views
from pitchbar.transfers.commands import codes

FEATURE = Feature(
    requires=("codes", "domains", "scans"),
    blueprints=(views.bp, views.panel_bp, export_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    subscribe=subscribers.register,
    acts=(
        Act("edit_codes", "code_imports.new", "upload", "Import codes"),
        Act("export", "code_exports.show", "download", "Export codes"),
    ),
    commands=(codes,),
)
