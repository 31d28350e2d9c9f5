"""Jobs: workers, the scheduler, ticks, and the ledger's own upkeep."""

from pitchbar.core.features import Feature
from pitchbar.jobs import tasks
from pitchbar.jobs.commands import queue_tick, schedule, work

FEATURE = Feature(tasks=(tasks,), commands=(work, schedule, queue_tick))
