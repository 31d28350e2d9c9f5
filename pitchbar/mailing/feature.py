"""Mail: queued with the transaction that causes it, sent by a job."""

from pitchbar.core.features import Feature
from pitchbar.forms import add_address_check
from pitchbar.mailing import tasks
from pitchbar.mailing.checks import CHECKS
from pitchbar.mailing.sendable import refuse_unsendable


def _subscribe() -> None:
    add_address_check(refuse_unsendable)


FEATURE = Feature(tasks=(tasks,), subscribe=_subscribe, checks=CHECKS)
