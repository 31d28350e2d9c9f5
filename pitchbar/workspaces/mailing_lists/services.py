"""Who refuses which list, and mail that goes only to those who do not."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select

from pitchbar.accounts.queries import normalise_email
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists.kinds import with_wider
from pitchbar.workspaces.mailing_lists.links import Subscription, unsubscribe_link
from pitchbar.workspaces.mailing_lists.models import MailRefusal


def refuse_list(subscription: Subscription) -> None:
    """A repeat changes nothing."""
    row = {
        "workspace_id": subscription.workspace_id,
        "email": normalise_email(subscription.email),
        "list_key": subscription.list_key,
        "created_at": clock.now(),
    }
    statement = insert_into(db.session.connection(), MailRefusal).values(row)
    db.session.execute(statement.on_conflict_do_nothing())


def accept_list(subscription: Subscription) -> None:
    """Takes the refusal back, also of the lists that hold this one."""
    db.session.execute(delete(MailRefusal).where(*_refusing(subscription)))


def is_refused(subscription: Subscription) -> bool:
    query = select(MailRefusal.list_key).where(*_refusing(subscription))
    return db.session.scalar(query.limit(1)) is not None


def keep_wanted(workspace_id: int, list_key: str, emails: Iterable[str]) -> list[str]:
    """The addresses that still want the list, each once, in their order."""
    addresses = list(dict.fromkeys(normalise_email(email) for email in emails))
    query = select(MailRefusal.email).where(
        MailRefusal.workspace_id == workspace_id,
        MailRefusal.list_key.in_(with_wider(list_key)),
        MailRefusal.email.in_(addresses),
    )
    refused = set(db.session.scalars(query))
    return [email for email in addresses if email not in refused]


def queue_list_mail(
    template: str, *, workspace_id: int, list_key: str, to: Sequence[str], **message: Any
) -> int:
    """Queues one message for each address that still wants the list, with its own way out of it;
    returns how many. `message` is what `queue_mail` takes.
    """
    wanted, settings = keep_wanted(workspace_id, list_key, to), current_settings()
    for email in wanted:
        link = unsubscribe_link(Subscription(workspace_id, email, list_key), settings)
        queue_mail(
            template,
            to=email,
            reference=list_mail_reference(workspace_id),
            unsubscribe_url=link,
            **message,
        )
    return len(wanted)


def list_mail_reference(workspace_id: int) -> str:
    """Under which the mail log keeps the messages of a workspace's lists."""
    return f"mailing-list:{workspace_id}"


def _refusing(subscription: Subscription) -> tuple[Any, ...]:
    return (
        MailRefusal.workspace_id == subscription.workspace_id,
        MailRefusal.email == normalise_email(subscription.email),
        MailRefusal.list_key.in_(with_wider(subscription.list_key)),
    )
