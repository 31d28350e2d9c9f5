"""Where the widget is loaded from, and what a customer's page says to load it."""

from markupsafe import Markup, escape

from pitchbar.settings import Settings, current_settings
from pitchbar.widget.built import LOADER, built
from pitchbar.widget.settings import WidgetSettings


def widget_origin(settings: Settings) -> str:
    return settings[WidgetSettings].widget_url or settings.app_url


def script_url(settings: Settings) -> str:
    """Of the loader of this release."""
    return f"{widget_origin(settings)}/widget/{built()[LOADER].address}"


def own_file(name: str) -> str:
    """For our own pages, whose policy lets nothing in from elsewhere."""
    return f"/widget/{built()[name].address}"


def widget_script(public_id: str, *, nonce: str = "") -> Markup:
    """The snippet for an agent. The loader asks where it came from, unless told otherwise.

    Args:
        nonce: of the page's Content-Security-Policy, where it goes by one.
    """
    settings = current_settings()
    is_elsewhere = widget_origin(settings) != settings.app_url
    calls = escape(f"{settings.app_url}/api/v1/widget")
    api = f' data-api="{calls}"' if is_elsewhere else ""
    api += f' nonce="{escape(nonce)}"' if nonce else ""
    source, agent = escape(script_url(settings)), escape(public_id)
    return Markup(f'<script src="{source}" data-agent="{agent}"{api} async></script>')  # noqa: S704  # escaped above
