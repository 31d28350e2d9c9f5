"""What happens to an account goes to the audit log, and to its owner by mail."""

from typing import Any

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.devices import read_device
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings


def record_and_notify(
    person: Person, by: Actor, name: str, subject: str, sentence: str, **facts: Any
) -> None:
    """Records the fact, and writes to the person, who may not have been the one who did it."""
    record_event(name, person, by=by, **facts)
    send_security_mail(person.email, by, subject, sentence)


def send_security_mail(
    to: str, by: Actor, subject: str, sentence: str, *, can_reset: bool = True
) -> None:
    """A mail that says what happened, from where, and what to do if it was somebody else; an
    address that lost its account cannot set a new password.
    """
    settings = current_settings()
    queue_mail(
        "accounts/notice",
        to=to,
        subject=subject,
        sentence=sentence,
        at=clock.now(),
        device=read_device(by.user_agent).name,
        ip=by.ip,
        reset_link=f"{settings.app_url}/password/forgotten" if can_reset else "",
    )
