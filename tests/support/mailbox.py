"""What was mailed: the messages in the folder that stands in for a mail server."""

import re

from pitchbar.clients.mailer import BoxedMail, list_boxed
from pitchbar.settings import current_settings

_LINK = re.compile(r"https?://\S+")


def sent_mails() -> list[BoxedMail]:
    """The newest first."""
    settings = current_settings()
    return list_boxed(settings.data_dir / "mail")


def link_in(mail: BoxedMail) -> str:
    """The path of the one address in the text."""
    found = _LINK.search(mail.text)
    assert found
    settings = current_settings()
    return found[0].removeprefix(settings.app_url)
