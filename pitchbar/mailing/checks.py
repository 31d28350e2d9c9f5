from datetime import timedelta

from pitchbar.clients.mailer import MailError, SmtpMailer
from pitchbar.core import clock
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, skipped, warning
from pitchbar.mailing.queries import find_mail_failures
from pitchbar.mailing.settings import MailSettings
from pitchbar.settings import current_settings

_LATELY = timedelta(hours=24)
_MEANWHILE = (
    "Redirects go on and scans are recorded, but threshold e-mails, invitations and links to a new "
    "password do not go out; they wait and are tried again for hours."
)


def look_at_transport(_: Circumstances) -> Finding:
    settings = current_settings()
    own = settings[MailSettings]
    if not own.mail_url:
        if settings.is_development:
            return skipped("MAIL_URL is not set: messages lie in the folder that /dev/mail shows.")
        return failed(
            f"MAIL_URL is not set, so no message leaves this machine. {_MEANWHILE}",
            "Set MAIL_URL and MAIL_FROM, and restart.",
        )
    try:
        SmtpMailer(own.mail_url, own.mail_from).require_answer()
    except MailError as error:
        return failed(
            f"The mail transport is broken: {error}. {_MEANWHILE}",
            "Look at MAIL_URL and at the server that it names.",
        )
    failures = find_mail_failures(clock.now() - _LATELY)
    if failures:
        return warning(
            f"The server answers, but {failures.count} messages failed in the last 24 hours: "
            f"{failures.reason}",
            "Look at the failed jobs with tag:mail, and retry them.",
        )
    return ok("The server answers and takes our sign-in. No message was sent for this.")


CHECKS = (Check("mail", "Mail transport", "Outside services", look_at_transport, 20),)
