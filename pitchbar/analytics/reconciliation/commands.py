import json
from datetime import timedelta
from typing import Any

import click

from pitchbar.analytics.reconciliation.models import ReconciledHour
from pitchbar.analytics.reconciliation.rounds import look_at_hours
from pitchbar.commands import in_app
from pitchbar.core import clock

_HEAD = ("hour (UTC)", "accepted", "stored", "people", "set apart", "rejected", "over quota", "")


@click.command()
@click.option("--hours", default=72, show_default=True, type=click.IntRange(1, 24 * 62))
@click.option("--rebuild", is_flag=True, help="Set rollups right that differ from their scans.")
@click.option("--json", "as_json", is_flag=True)
@in_app
def reconcile(hours: int, rebuild: bool, as_json: bool) -> None:
    """Compare, hour by hour, what was accepted with what is stored; exit 1 on a difference."""
    rows = look_at_hours(clock.now(), timedelta(hours=hours - 1), rebuild=rebuild)
    if as_json:
        click.echo(json.dumps([_as_dict(row) for row in rows], indent=2))
    else:
        _print(rows)
    if any(row.is_wrong for row in rows):
        raise SystemExit(1)


def _print(rows: Any) -> None:
    if not rows:
        click.echo("Every hour that was looked at came to what was accepted.")
        return
    click.echo("{:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10}  {}".format(*_HEAD))
    for row in rows:
        people = row.reasons.get("", 0)
        click.echo(
            f"{row.hour_at:%Y-%m-%d %H:%M} {row.accepted:>9} {row.stored:>9} {people:>9} "
            f"{row.stored - people:>9} {row.rejected:>9} {row.unrecorded:>10}  {_said(row)}"
        )


def _said(row: ReconciledHour) -> str:
    states = {
        "equal": "",
        "waiting": f"{row.difference} wait to be stored",
        "missing": f"{row.difference} MISSING",
        "uncounted": f"{-row.difference} more than were counted",
    }
    told = [states[row.state]] if states[row.state] else []
    if row.rollup_differences:
        set_right = "set right" if row.rebuilt_at else "DIFFER"
        told.append(f"{len(row.rollup_differences)} rollup rows {set_right}")
    return ", ".join(told)


def _as_dict(row: ReconciledHour) -> dict[str, Any]:
    names = ("accepted", "unrecorded", "stored", "reasons", "rejected", "difference", "state")
    return {
        "hour": row.hour_at.isoformat(),
        **{name: getattr(row, name) for name in names},
        "rollup_differences": row.rollup_differences,
        "rebuilt": row.rebuilt_at is not None,
    }
