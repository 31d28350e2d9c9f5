from typing import Annotated

from pydantic import Field

from pitchbar.core.setting_types import Days, KeyList, Rate, SettingsGroup
from pitchbar.core.system_threads import is_cooperative

# Where each stream takes a thread of the system, which pages need as well.
STREAMS_OF_THREADS = 32
WAITS_OF_THREADS = 16


class ChatSettings(SettingsGroup):
    widget_token_minutes: Annotated[int, Field(ge=2, le=24 * 60)] = 60
    # How long after its end a token is worth another one.
    widget_renewal_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24
    # What APP_KEY was before.
    widget_old_keys: KeyList = ()
    # A conversation ends after so much silence.
    chat_idle_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24
    chat_retention_days: Days = 365
    chat_max_streams: Annotated[int, Field(ge=1, le=10_000)] = 600
    chat_heartbeat_seconds: Annotated[float, Field(ge=0.05, le=60)] = 15.0
    # How long an answer goes on for somebody whose stream was cut.
    chat_resume_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    # How many widgets of this process wait for a person's words at once.
    chat_max_waits: Annotated[int, Field(ge=0, le=10_000)] = 1000
    # How long who asks for a person waits, before they hear that nobody is there.
    chat_person_wait_seconds: Annotated[int, Field(ge=5, le=3600)] = 120
    ratelimit_widget: Rate = "600/minute"
    ratelimit_widget_init: Rate = "60/minute"
    ratelimit_widget_messages: Rate = "30/minute"
    ratelimit_widget_leads: Rate = "5/minute"

    def most_streams(self) -> int:
        """Of this process at once."""
        most = self.chat_max_streams
        return most if is_cooperative() else min(most, STREAMS_OF_THREADS)

    def most_waits(self) -> int:
        """Of this process at once."""
        most = self.chat_max_waits
        return most if is_cooperative() else min(most, WAITS_OF_THREADS)
