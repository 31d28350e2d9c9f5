from email.headerregistry import AddressHeader
from email.policy import default
from urllib.parse import urlsplit

from pydantic import field_validator

from pitchbar.core import hosts
from pitchbar.core.setting_types import Rate, SettingsGroup


class MailSettings(SettingsGroup):
    mail_url: str = ""
    ratelimit_mail_strangers: Rate = "100/hour"
    mail_from: str = "Pitchbar <pitchbar@localhost>"

    @field_validator("mail_url")
    @classmethod
    def _is_smtp(cls, value: str) -> str:
        if not value:
            return value
        if not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must start with smtp:// or smtps://")
        _check_server(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_one_sender(cls, value: str) -> str:
        if not _names_one_address(value):
            raise ValueError(
                'must be one address, such as "Pitchbar, Inc." <mail@pitchbar.example>; a name '
                "with a comma stands in quotes"
            )
        return value


def _check_server(url: str) -> None:
    if "#" in url or any(sign.isspace() for sign in url):
        raise ValueError("must have # as %23, and spaces as %20, in user and password")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("must have a port from 1 to 65535, or none") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("must have a port from 1 to 65535, or none")
    if not hosts.is_host(parts.hostname or "") or parts.path not in ("", "/"):
        raise ValueError(
            "must name a host and nothing behind it; a / in user or password is written %2F"
        )


def _names_one_address(value: str) -> bool:
    if not value.isprintable():
        return False
    header = default.header_factory("From", value)
    assert isinstance(header, AddressHeader)  # noqa: S101  # as the standard says
    return (
        len(header.addresses) == 1
        and bool(header.addresses[0].username and header.addresses[0].domain)
        and not getattr(header, "defects", ())
    )
