"""Backups: made each night, kept for a month, brought back and tried."""

from pitchbar.backups import tasks
from pitchbar.backups.checks import CHECKS
from pitchbar.backups.commands import backup
from pitchbar.core.features import Feature

FEATURE = Feature(requires=("jobs",), tasks=(tasks,), commands=(backup,), checks=CHECKS)
