"""The commands that run jobs: workers, scheduler, tick."""

import json
import signal
from types import FrameType

import click

from pitchbar.commands import Console
from pitchbar.jobs.declaration import list_scheduled_tasks
from pitchbar.jobs.queues import QUEUES, Queue, parse_queues
from pitchbar.jobs.ticks import TickLimits, run_tick
from pitchbar.jobs.workers import Scheduler, Supervisor, WorkerOptions
from pitchbar.observability.starting import start_watching_app


@click.command()
@click.option("--queues", show_default="all of them", help="Such as crawl,index.")
@click.option("--processes", default=1, show_default=True, help="Workers for each queue.")
@click.option("--drain", default=25.0, show_default=True, help="Seconds for running jobs at TERM.")
@click.option("--memory", default=512, show_default=True, help="MB after which one is replaced.")
@click.pass_obj
def work(console: Console, queues: str | None, processes: int, drain: float, memory: int) -> None:
    """Run jobs until told to stop; those that run are finished first."""
    settings, wanted = console.settings, read_queues(queues, QUEUES)
    options = WorkerOptions(processes, drain, memory)
    Supervisor(lambda: console.make_app(settings), settings.database_url, wanted, options).run()


@click.command()
@click.pass_obj
def schedule(console: Console) -> None:
    """Start periodic tasks when they are due. A second one does no harm."""
    start_watching_app(console.make_app(console.settings), "scheduler")
    scheduler = Scheduler(console.settings.database_url)

    def stop(_number: int, _frame: FrameType | None) -> None:
        scheduler.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.run()


@click.command("queue-tick")
@click.option(
    "--max-time",
    default=55,
    show_default=True,
    type=click.IntRange(1, 300),
    help="Seconds after which no job is started.",
)
@click.option(
    "--job-timeout",
    default=120,
    show_default=True,
    type=click.IntRange(1, 900),
    help="The most seconds that one job may take.",
)
@click.option("--queues", show_default="crawl,index,default")
@click.option("--started-by", default="command", hidden=True)
@click.pass_obj
def queue_tick(
    console: Console, max_time: int, job_timeout: int, queues: str | None, started_by: str
) -> None:
    """Run one bounded pass over queues without workers; prints its counts as JSON."""
    app = console.make_app(console.settings)
    start_watching_app(app, "tick")
    limits = TickLimits(max_time, job_timeout, read_queues(queues, TickLimits.queues))
    answer = run_tick(app, limits, tasks=list_scheduled_tasks(), started_by=started_by)
    click.echo(json.dumps(answer))


def read_queues(text: str | None, default: tuple[Queue, ...]) -> tuple[Queue, ...]:
    """Of an option `--queues`; a name that is none ends the command."""
    try:
        return default if text is None else parse_queues(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--queues") from None
