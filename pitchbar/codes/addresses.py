from typing import NamedTuple

from pitchbar.codes.models import Code
from pitchbar.domains.models import Domain
from pitchbar.settings import Settings


def short_url(short_code: str, settings: Settings, domain: Domain | None = None) -> str:
    """The address that the QR symbol holds: on our host, or on an own domain."""
    return address_prefix(settings, domain) + short_code


def address_prefix(settings: Settings, domain: Domain | None = None) -> str:
    """What stands before the short codes of all addresses there."""
    return f"https://{domain.host}/" if domain else f"{settings.app_url}/t/"


def plain_prefix(settings: Settings, domain: Domain | None = None) -> str:
    """The same as it is read aloud: without the scheme, in the letters of its script."""
    ours = address_prefix(settings).partition("://")[2]
    return f"{domain.name}/" if domain else ours


class Address(NamedTuple):
    url: str
    is_present: bool


def address_of(code: Code, settings: Settings) -> str:
    """The present one."""
    return short_url(code.present_short_code, settings, code.domain)
