"""What `pitchbar deploy-cron-worker` does and says; `commands.py` reads its options."""

from dataclasses import dataclass
from typing import Any

import click

from pitchbar.clients.cloudflare import Cloudflare, CloudflareError
from pitchbar.operations import cron_worker
from pitchbar.operations.cron_worker import CronWorkerError, WorkerStatus


@dataclass(frozen=True)
class CronWorkerConfig:
    """The settings that the command needs, under the names of their variables."""

    cloudflare_account_id: str
    cloudflare_api_token: str
    cloudflare_api_base: str
    cron_worker_name: str
    app_url: str
    internal_queue_token: str


def run_cron_worker_command(
    config: CronWorkerConfig, action: str, parameters: dict[str, Any], *, confirmed: bool
) -> None:
    """`action` is deploy, dry-run, status, rotate-token or destroy.

    `parameters` (of the tick) are baked in by deploy and shown by dry-run. Whatever goes wrong is
    a sentence and exit code 1.
    """
    try:
        if action == "dry-run":
            click.echo(_render(config, parameters), nl=False)
        elif action == "status":
            _show_status(config)
        elif action == "rotate-token":
            _rotate(config)
        elif action == "destroy":
            _destroy(config, confirmed=confirmed)
        else:
            _deploy(config, parameters)
    except (CloudflareError, CronWorkerError) as error:
        raise click.ClickException(str(error)) from None


def _deploy(config: CronWorkerConfig, parameters: dict[str, Any]) -> None:
    module = _render(config, parameters)
    name = config.cron_worker_name
    cron_worker.deploy_worker(_connect(config), name, module, config.internal_queue_token)
    click.echo(f"The Worker {name} posts the tick to {config.app_url} each minute.")
    click.echo("Cloudflare may take up to 15 minutes to begin.")


def _show_status(config: CronWorkerConfig) -> None:
    status = cron_worker.get_worker_status(_connect(config), config.cron_worker_name)
    for line in _status_lines(status):
        click.echo(line)
    if not status.is_ticking:
        raise click.ClickException("It does not tick. pitchbar deploy-cron-worker mends that.")


def _rotate(config: CronWorkerConfig) -> None:
    """The new token stands alone on standard output, so that a script can take it from there."""
    before = config.internal_queue_token
    token = cron_worker.rotate_token(_connect(config), config.cron_worker_name, before)
    click.echo("The Worker has a new token. Set this wherever the application runs:", err=True)
    click.echo(f"INTERNAL_QUEUE_TOKEN={token}")
    if before:
        click.echo(
            "Then restart the application. No tick is lost meanwhile: the Worker falls back on "
            "the token before. Run pitchbar deploy-cron-worker with the new token after the "
            "restart, and the Worker forgets the old one.",
            err=True,
        )
    else:
        click.echo(
            "INTERNAL_QUEUE_TOKEN is not set here, so the Worker has no token to fall back on: "
            "ticks are refused until the application is restarted with the new one.",
            err=True,
        )


def _destroy(config: CronWorkerConfig, *, confirmed: bool) -> None:
    name = config.cron_worker_name
    if not confirmed:
        raise click.UsageError(f"This removes the Worker {name} and its schedule: add --yes.")
    if cron_worker.destroy_worker(_connect(config), name):
        click.echo(f"The Worker {name} is gone, with its schedule and its token.")
    else:
        click.echo(f"There is no Worker named {name}.")


def _render(config: CronWorkerConfig, parameters: dict[str, Any]) -> str:
    return cron_worker.render_worker(cron_worker.tick_url(config.app_url), parameters)


def _connect(config: CronWorkerConfig) -> Cloudflare:
    for name in ("cloudflare_account_id", "cloudflare_api_token"):
        if not getattr(config, name):
            raise CronWorkerError(f"{name.upper()} is not set.")
    return Cloudflare(
        config.cloudflare_account_id, config.cloudflare_api_token, config.cloudflare_api_base
    )


def _status_lines(status: WorkerStatus) -> list[str]:
    if status.changed_at is None:
        return [f"There is no Worker named {status.name}."]
    token = "set" if status.has_token else "missing"
    if status.is_rotating:
        token += ", and the one before a rotation is kept: deploy again to drop it"
    return [
        f"Worker:       {status.name}",
        f"Last changed: {status.changed_at}",
        f"Schedules:    {', '.join(status.schedules) or 'none'}",
        f"Token:        {token}",
    ]
