from pitchbar.settings import Settings


def short_url(short_code: str, settings: Settings) -> str:
    """The address that the QR symbol holds."""
    return f"{settings.app_url}/t/{short_code}"
