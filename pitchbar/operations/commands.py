import click

from pitchbar.commands import Console
from pitchbar.jobs.commands import read_queues
from pitchbar.jobs.ticks import TickLimits
from pitchbar.operations.cron_worker_setup import CronWorkerConfig, run_cron_worker_command
from pitchbar.operations.settings import OperationsSettings


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
    settings = console.settings
    own = settings[OperationsSettings]
    config = CronWorkerConfig(
        cloudflare_account_id=own.cloudflare_account_id,
        cloudflare_api_token=own.cloudflare_api_token,
        cloudflare_api_base=own.cloudflare_api_base,
        cron_worker_name=own.cron_worker_name,
        app_url=settings.app_url,
        internal_queue_token=own.internal_queue_token,
    )
    parameters = {
        "max_time": max_time,
        "job_timeout": job_timeout,
        "queues": list(read_queues(queues, TickLimits.queues)),
    }
    run_cron_worker_command(config, action or "deploy", parameters, confirmed=yes)
