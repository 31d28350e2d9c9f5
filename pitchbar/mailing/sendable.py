"""Which addresses messages can be sent to at all."""

import time

from pitchbar.clients.mailer import takes_any_letters
from pitchbar.core.mail_addresses import has_plain_local_part
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import current_settings

_ASK_AGAIN_SECONDS = 300
# What a mail server said, and until when that is believed.
_answers: dict[str, tuple[bool, float]] = {}


def refuse_unsendable(address: str) -> str:
    """What to say of an address that our mail server takes no message for; empty for the others.

    Only letters before the @ can be in the way: a domain has an ASCII form.
    """
    url = current_settings()[MailSettings].mail_url
    if has_plain_local_part(address) or not url or _takes_any_letters(url):
        return ""
    odd = next(sign for sign in address if not sign.isascii())
    return (
        f"We cannot send mail to an address with “{odd}” before the @. "
        "Use one that has plain letters there; behind the @ any will do."
    )


def _takes_any_letters(url: str) -> bool:
    known, until = _answers.get(url, (True, 0.0))
    if time.monotonic() > until:
        known = takes_any_letters(url)
        _answers[url] = (known, time.monotonic() + _ASK_AGAIN_SECONDS)
    return known
