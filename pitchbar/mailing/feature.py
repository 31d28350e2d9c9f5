"""Mail: queued with the transaction that causes it, sent by a job."""

from pitchbar.core.features import Feature
from pitchbar.mailing import tasks

FEATURE = Feature(tasks=(tasks,))
