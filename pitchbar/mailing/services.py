from typing import Any

from pitchbar.jobs.enqueueing import enqueue
from pitchbar.mailing.messages import compose
from pitchbar.mailing.tasks import send_mail


def queue_mail(template: str, *, to: str, subject: str, **context: Any) -> None:
    """Queues a message in the caller's transaction; a broken transport never fails the request.

    `template` names `emails/<template>.html` and `.txt`, which are rendered now, with `context`.
    """
    mail = compose(template, to=to, subject=subject, **context)
    enqueue(send_mail, mail.to, mail.subject, mail.text, mail.html, tags=["mail"])
