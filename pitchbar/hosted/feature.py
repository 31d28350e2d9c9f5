"""Agents' own pages: where a scanned code leads that talks."""

from pitchbar.core.features import Feature
from pitchbar.hosted import views

FEATURE = Feature(
    requires=("agents", "chat", "widget", "codes"),
    blueprints=(views.bp,),
)
