"""Which engine answers for a workspace."""

from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.engine import ColumnarEngine
from pitchbar.analytics.columnar.readiness import is_complete
from pitchbar.analytics.engine import Engine
from pitchbar.analytics.layered import LayeredEngine
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.analytics.sql.engine import SqlEngine
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def engine_for(workspace: Workspace) -> Engine:
    settings = current_settings()
    own = settings[AnalyticsSettings]
    database = SqlEngine(own.analytics_timeout_seconds)
    if not own.clickhouse_url:
        return database
    columnar = ColumnarEngine(connect_store(settings), own.analytics_timeout_seconds)
    return LayeredEngine(database, columnar, lambda span: is_complete(span.start, span.end))
