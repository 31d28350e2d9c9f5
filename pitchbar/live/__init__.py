from pitchbar.live.declaration import LiveView
from pitchbar.live.panels import LivePanel, add_live_panel, pause_after, recheck_access

__all__ = ["LivePanel", "LiveView", "add_live_panel", "pause_after", "recheck_access"]
