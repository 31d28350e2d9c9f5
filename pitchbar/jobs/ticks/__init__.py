"""Bounded passes over the queues, for places without workers and without a scheduler."""

from pitchbar.jobs.ticks.history import list_ticks, skipped_answer
from pitchbar.jobs.ticks.lease import is_lease_held
from pitchbar.jobs.ticks.tick import TickLimits, run_tick

__all__ = ["TickLimits", "is_lease_held", "list_ticks", "run_tick", "skipped_answer"]
