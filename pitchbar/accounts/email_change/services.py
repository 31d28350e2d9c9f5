"""A new address for an account: asked for here, confirmed by a link that only its mailbox gets."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.errors import EmailTaken, InvalidLink, SameAddress
from pitchbar.accounts.models import EmailChange, Person, PersonSession
from pitchbar.accounts.queries import find_person_by_email, normalise_email
from pitchbar.accounts.security_mail import record_and_notify, send_security_mail
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.core import clock
from pitchbar.core.tokens import hash_secret, new_secret
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import Settings


def request_email_change(person: Person, email: str, by: Actor, settings: Settings) -> EmailChange:
    """Writes to both addresses. An address that has an account gets another mail, and the page
    does not tell: who has an account is nobody's business.
    """
    new_email = normalise_email(email)
    if new_email == person.email:
        raise SameAddress
    secret = new_secret("pb_email")
    change = db.session.get(EmailChange, person.id) or EmailChange(person_id=person.id)
    change.new_email, change.secret_hash = new_email, hash_secret(secret)
    change.requested_at = clock.now()
    db.session.add(change)
    _mail_new_address(new_email, secret, settings)
    record_event("account.email_change_requested", person, by=by, after={"email": new_email})
    sentence = f"Somebody asked to change your address to {new_email}. Nothing is changed yet."
    send_security_mail(person.email, by, "A change of your address was asked for", sentence)
    return change


def find_email_change(person: Person, settings: Settings) -> EmailChange | None:
    """What the person asked for and can still confirm."""
    change = db.session.get(EmailChange, person.id)
    return change if change and not _is_expired(change, settings) else None


def verify_email_change_token(person: Person, secret: str, settings: Settings) -> EmailChange:
    """Raises InvalidLink: tampered with, replaced, used, too old, or another account's."""
    change = db.session.scalar(
        select(EmailChange).where(EmailChange.secret_hash == hash_secret(secret))
    )
    if change is None:
        raise InvalidLink(
            "This link was used already, replaced by a newer one, or is not complete."
        )
    if change.person_id != person.id:
        raise InvalidLink(
            "This link belongs to another account. Sign in to that one, then open it again."
        )
    if _is_expired(change, settings):
        raise InvalidLink("This link is too old.")
    return change


def confirm_email_change(
    person: Person, change: EmailChange, by: Actor, keep: PersonSession | None = None
) -> None:
    """The link came by mail: it proves the new address, too, and `keep` is the browser that opened
    it. Raises EmailTaken when somebody took the address meanwhile.
    """
    before, after = person.email, change.new_email
    db.session.delete(change)
    try:
        with db.session.begin_nested():
            person.email = after
    except IntegrityError:
        raise EmailTaken from None
    prove_address(person, by, keep)
    sentence = f"The address of your account was changed from {before} to {after}."
    facts = {"before": {"email": before}, "after": {"email": after}}
    record_and_notify(
        person, by, "account.email_changed", "Your address was changed", sentence, **facts
    )
    send_security_mail(before, by, "Your address was changed", sentence, can_reset=False)


def cancel_email_change(person: Person) -> None:
    db.session.execute(delete(EmailChange).where(EmailChange.person_id == person.id))


def _mail_new_address(email: str, secret: str, settings: Settings) -> None:
    if find_person_by_email(email):
        subject = "You have a Pitchbar account already"
        link, template = f"{settings.app_url}/login", "accounts/email_taken"
    else:
        subject, template = "Confirm your new address", "accounts/email_change"
        link = f"{settings.app_url}/account/email/confirm?token={secret}"
    minutes = settings[AccountSettings].email_change_minutes
    queue_mail(template, to=email, subject=subject, link=link, minutes=minutes)


def _is_expired(change: EmailChange, settings: Settings) -> bool:
    age = clock.now() - change.requested_at
    return age >= timedelta(minutes=settings[AccountSettings].email_change_minutes)
