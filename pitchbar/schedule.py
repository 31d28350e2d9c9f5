"""Every task that runs by itself, with its rule, in one list."""

from pitchbar.jobs import tasks as jobs
from pitchbar.jobs.schedule import Periodic
from pitchbar.operations import tasks as operations
from pitchbar.scans import tasks as scans
from pitchbar.workspaces import tasks as workspaces

ENTRIES: tuple[Periodic, ...] = (
    *jobs.PERIODIC,
    *operations.PERIODIC,
    *scans.PERIODIC,
    *workspaces.PERIODIC,
)
