"""`pitchbar release-check`."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.commands import in_app
from pitchbar.core.checks import Check, Circumstances
from pitchbar.core.hosts import check_origin
from pitchbar.extensions import db
from pitchbar.operations.release.recording import begin_run, make_recorded_checks
from pitchbar.operations.release.running import Result, has_passed, list_checks, make_checks
from pitchbar.settings import current_settings

_WORDS = {"ok": "ok", "warning": "WARNING", "failed": "FAILED", "skipped": "skipped"}


@click.command("release-check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--url", default="", help="Where to scan, instead of at APP_URL.")
@click.option("--only", multiple=True, metavar="NAME", help="Make this check alone; repeatable.")
@click.option(
    "--wait",
    default=20.0,
    show_default=True,
    type=click.FloatRange(1, 300),
    help="Seconds to wait for the row of the scan.",
)
@click.option("--run", "run_id", type=int, hidden=True)
@in_app
def release_check(
    as_json: bool, url: str, only: tuple[str, ...], wait: float, run_id: int | None
) -> None:
    """Walk the release gate; exits with 1 when a check fails."""
    circumstances = Circumstances(_read_url(url) or current_settings().app_url, wait)
    checks = _choose(only)
    results = []
    for result in _make(checks, circumstances, run_id, is_recorded=not only):
        results.append(result)
        if not as_json:
            _print(result)
    if as_json:
        click.echo(json.dumps(_as_dict(results, circumstances)))
    else:
        _print_sum(results)
    if not has_passed(results):
        sys.exit(1)


def _make(
    checks: list[Check], circumstances: Circumstances, run_id: int | None, *, is_recorded: bool
) -> Iterator[Result]:
    """On record for the operators' page, as far as there is a database that takes it."""
    if not is_recorded:
        return make_checks(checks, circumstances)
    try:
        run_id = run_id or begin_run("Command line", circumstances.url).id
    except SQLAlchemyError:
        db.session.rollback()
        return make_checks(checks, circumstances)
    return make_recorded_checks(run_id, checks, circumstances)


def _choose(only: tuple[str, ...]) -> list[Check]:
    checks = list_checks()
    names = [check.name for check in checks]
    for name in only:
        if name not in names:
            raise click.ClickException(
                f"There is no check named {name}; there are {', '.join(names)}."
            )
    return [check for check in checks if not only or check.name in only]


def _read_url(url: str) -> str:
    try:
        return check_origin(url) if url else ""
    except ValueError as error:
        raise click.ClickException(f"--url {error}.") from None


def _print(result: Result) -> None:
    line = f"{_WORDS[result.state]:<8} {result.name:<16} {result.sentence}"
    click.echo(line + (f" {result.remedy}" if result.remedy else ""))


def _print_sum(results: list[Result]) -> None:
    counts = count_states(results)
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    click.echo(f"{'Passed' if has_passed(results) else 'Not passed'}: {told}.")


def count_states(results: list[Result]) -> dict[str, int]:
    return {state: sum(one.state == state for one in results) for state in _WORDS}


def _as_dict(results: list[Result], circumstances: Circumstances) -> dict[str, object]:
    return {
        "passed": has_passed(results),
        "url": circumstances.url,
        "counts": count_states(results),
        "checks": [asdict(one) for one in results],
    }
