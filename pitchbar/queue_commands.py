"""The commands that run jobs: workers, scheduler, tick."""

import json
from typing import TYPE_CHECKING

import click

from pitchbar.commands import Console
from pitchbar.operations.settings import OperationsSettings

if TYPE_CHECKING:
    from pitchbar.jobs import Queue


@click.command()
@click.option("--queues", show_default="all of them", help="Such as crawl,index.")
@click.option("--processes", default=1, show_default=True, help="Workers for each queue.")
@click.option("--drain", default=25.0, show_default=True, help="Seconds for running jobs at TERM.")
@click.option("--memory", default=512, show_default=True, help="MB after which one is replaced.")
@click.pass_obj
def work(console: Console, queues: str | None, processes: int, drain: float, memory: int) -> None:
    """Run jobs until told to stop; those that run are finished first."""
    from pitchbar.jobs import QUEUES
    from pitchbar.jobs.workers import WorkerOptions
    from pitchbar.worker import run_workers

    options = WorkerOptions(processes, drain, memory)
    run_workers(console.settings, _read_queues(queues, QUEUES), options)


@click.command()
@click.pass_obj
def schedule(console: Console) -> None:
    """Start periodic tasks when they are due. A second one does no harm."""
    from pitchbar.worker import run_scheduler

    run_scheduler(console.settings)


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
    from pitchbar.jobs import list_scheduled_tasks
    from pitchbar.jobs.ticks import TickLimits, run_tick

    app = console.make_app(console.settings)
    limits = TickLimits(max_time, job_timeout, _read_queues(queues, TickLimits.queues))
    answer = run_tick(app, limits, tasks=list_scheduled_tasks(), started_by=started_by)
    click.echo(json.dumps(answer))


@click.command("deploy-cron-worker")
@click.option("--status", "action", flag_value="status", help="Show what is deployed.")
@click.option("--rotate-token", "action", flag_value="rotate-token", help="Make a new token.")
@click.option("--destroy", "action", flag_value="destroy", help="Remove it; needs --yes.")
@click.option("--dry-run", "action", flag_value="dry-run", help="Only print the Worker.")
@click.option("--yes", is_flag=True)
@click.option("--max-time", default=55, show_default=True, type=click.IntRange(1, 300))
@click.option("--job-timeout", default=120, show_default=True, type=click.IntRange(1, 900))
@click.option("--queues", show_default="crawl,index,default")
@click.pass_obj
def deploy_cron_worker(
    console: Console,
    action: str | None,
    yes: bool,
    max_time: int,
    job_timeout: int,
    queues: str | None,
) -> None:
    """Let a Cloudflare Worker post the queue tick each minute."""
    from pitchbar.jobs.ticks import TickLimits
    from pitchbar.operations.commands import CronWorkerConfig, run_cron_worker_command

    settings = console.settings
    config = CronWorkerConfig(
        cloudflare_account_id=settings[OperationsSettings].cloudflare_account_id,
        cloudflare_api_token=settings[OperationsSettings].cloudflare_api_token,
        cloudflare_api_base=settings[OperationsSettings].cloudflare_api_base,
        cron_worker_name=settings[OperationsSettings].cron_worker_name,
        app_url=settings.app_url,
        internal_queue_token=settings[OperationsSettings].internal_queue_token,
    )
    parameters = {
        "max_time": max_time,
        "job_timeout": job_timeout,
        "queues": list(_read_queues(queues, TickLimits.queues)),
    }
    run_cron_worker_command(config, action or "deploy", parameters, confirmed=yes)


def _read_queues(text: str | None, default: "tuple[Queue, ...]") -> "tuple[Queue, ...]":
    from pitchbar.jobs import parse_queues

    try:
        return default if text is None else parse_queues(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--queues") from None
