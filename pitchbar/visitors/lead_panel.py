"""The timeline on the page of a lead."""

from flask import render_template
from markupsafe import Markup

from pitchbar.leads.models import Lead
from pitchbar.visitors.showing import timeline_of_lead
from pitchbar.workspaces.models import Workspace


def render_timeline(workspace: Workspace, lead: Lead) -> Markup:
    steps = timeline_of_lead(workspace, lead)
    page = render_template("visitors/_timeline.html", steps_html=steps, workspace=workspace)
    return Markup(page)  # noqa: S704  # a template has escaped it
