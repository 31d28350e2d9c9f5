"""Transfers: codes brought in from a file, and taken away as a table or as maps for servers."""

from flask import Flask

from pitchbar.connections.bodies import body_readers
from pitchbar.core.features import Act, Feature
from pitchbar.transfers import api, export_views, subscribers, tasks, views
from pitchbar.transfers.commands import codes
from pitchbar.transfers.receiving import most_body

_UPLOADS = r"/w/[^/]+/codes/imports|/api/v1/workspaces/[^/]+/codes/imports"


def configure(app: Flask) -> None:
    body_readers.know_uploads(_UPLOADS, most_body(app.extensions["settings"]))


FEATURE = Feature(
    requires=("codes", "domains", "scans", "studio"),
    blueprints=(views.bp, views.panel_bp, export_views.bp),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    configure=configure,
    subscribe=subscribers.register,
    acts=(
        Act("edit_codes", "code_imports.new", "upload", "Import codes"),
        Act("export", "code_exports.show", "download", "Export codes"),
    ),
    commands=(codes,),
)
