from pitchbar.core.logs import set_up_logs
from pitchbar.observability.settings import ObservabilitySettings
from pitchbar.settings import Settings


def set_up_logs_of(settings: Settings) -> None:
    """As the settings say: JSON for programs, columns for people."""
    own = settings[ObservabilitySettings]
    set_up_logs(settings.log_level, as_json=own.writes_json(is_development=settings.is_development))
