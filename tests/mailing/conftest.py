"""What the tests of this folder share."""

from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture for this folder
