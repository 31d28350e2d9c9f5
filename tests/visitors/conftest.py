from tests.support.mail_jobs import mail_at_once

__all__ = ["mail_at_once"]
