"""Tells operators by mail what somebody has to look at in Stripe."""

from pitchbar.billing.hooks import register_operator_check
from pitchbar.billing.notices import ALARM
from pitchbar.events.services import Event, subscribe
from pitchbar.mailing.services import queue_mail
from pitchbar.operations.access import is_operator
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import current_settings


def register() -> None:
    subscribe(ALARM, mail_operators)
    register_operator_check(is_operator)


def mail_operators(event: Event) -> None:
    settings = current_settings()
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/billing_alarm",
            to=email,
            subject=f"Billing of {event.subject.name} wants a look",
            sentence=str(event.after["sentence"]),
            workspace_slug=event.subject.name,
        )
