import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import engine, ingest, ingestion, make_edge, spool  # noqa: F401
from tests.support.factories import make_code, make_workspace


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    return make_workspace(name="Corner Café", time_zone="Europe/Zurich", plan="growth")


@pytest.fixture
def code(workspace: Workspace) -> Code:
    return make_code(workspace, short_code="menu", utm_source="print")
