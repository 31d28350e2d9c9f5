"""A whole installation of real processes for the release gate: web, workers and a scheduler on
PostgreSQL and Redis, beside Stripe, Google and a mail server that stand in for the real ones.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from pitchbar.core.assets import ROOT
from tests.backups.conftest import PROGRAMS
from tests.billing.factories import stripe_settings
from tests.fakes.identity import CLIENT_ID, CLIENT_SECRET, Provider, provider_server
from tests.fakes.stripe import FakeStripe, stripe_server
from tests.support.mail_servers import mail_server
from tests.support.servers import RedisServer, free_port
from tests.support.waiting import wait_until

QUEUES = "ingestion,analytics,crawl,index,default"


@dataclass
class Installation:
    """`environment` starts each of its processes; those that run are there by name."""

    environment: dict[str, str]
    url: str
    redis: RedisServer
    stripe: FakeStripe
    provider: Provider
    log: Path
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`pitchbar …`, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "pitchbar.cli", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    def start(self, name: str, *command: str) -> None:
        with self.log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=output, stderr=output
            )

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/up/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


@contextmanager
def installation(database_url: str, folder: Path) -> Iterator[Installation]:
    redis = RedisServer(folder, {"appendonly": "yes", "maxmemory-policy": "noeviction"})
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        redis.start()
        stack.callback(redis.kill)
        stripe = stack.enter_context(stripe_server())
        provider = stack.enter_context(provider_server())
        post = stack.enter_context(mail_server())
        stripe.webhook_urls.append(f"{url}/billing/webhook")
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "APP_ENV": "preview",
            "APP_KEY": "a key for tests only, long enough to be one",
            "APP_URL": url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WEB_CONCURRENCY": "1",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "DATA_DIR": str(folder / "data"),
            "BACKUP_PG_BIN": str(PROGRAMS),
            "MAIL_URL": post.url,
            "GOOGLE_CLIENT_ID": CLIENT_ID,
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
            "GOOGLE_SERVER_METADATA_URL": provider.metadata_url,
            **{name.upper(): str(value) for name, value in stripe_settings(stripe.url).items()},
        }
        made = Installation(environment, url, redis, stripe, provider, folder / "log")
        stack.callback(made.end)
        cli = (sys.executable, "-m", "pitchbar.cli")
        made.start("web", str(Path(sys.executable).parent / "gunicorn"), "wsgi:app")
        made.start("worker", *cli, "work", "--queues", QUEUES)
        made.start("scheduler", *cli, "schedule")
        wait_until(made.answers, 120)
        yield made
