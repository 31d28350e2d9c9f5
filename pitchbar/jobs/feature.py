"""Jobs: the ledger's own upkeep."""

from pitchbar.core.features import Feature
from pitchbar.jobs import tasks

FEATURE = Feature(tasks=(tasks,))
