"""Runs `pitchbar deploy-cron-worker` as a terminal would, against the fake Cloudflare."""

from collections.abc import Callable

import click
from click.testing import CliRunner, Result

from pitchbar.operations.cron_worker_setup import CronWorkerConfig, run_cron_worker_command
from tests.fakes.cloudflare import ACCOUNT, TOKEN, FakeCloudflare

NAME = "pitchbar-queue-tick"
SECRET = "the token of the tick"
PARAMETERS = {"max_time": 55, "job_timeout": 120, "queues": ["crawl", "index", "default"]}

Run = Callable[..., Result]


def terminal_at(fake: FakeCloudflare) -> Run:
    """`run(action, confirmed=…, cloudflare_api_token=…)`; settings are the usual unless named."""

    def run(action: str = "deploy", *, confirmed: bool = False, **settings: str) -> Result:
        usual = {
            "cloudflare_account_id": ACCOUNT,
            "cloudflare_api_token": TOKEN,
            "cloudflare_api_base": fake.url,
            "cron_worker_name": NAME,
            "app_url": "https://pitchbar.example",
            "internal_queue_token": SECRET,
        }
        config = CronWorkerConfig(**{**usual, **settings})

        @click.command()
        def command() -> None:
            run_cron_worker_command(config, action, PARAMETERS, confirmed=confirmed)

        return CliRunner().invoke(command)

    return run
