"""Which engine answers for a workspace."""

from pitchbar.analytics.engine import Engine
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def engine_for(workspace: Workspace) -> Engine:
    return SqlEngine(current_settings()[AnalyticsSettings].analytics_timeout_seconds)
