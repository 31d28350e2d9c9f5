"""The jobs that deliver, and the one that forgets."""

from functools import cache

from pitchbar.clients.settings import OutboundSettings
from pitchbar.extensions import bus, db
from pitchbar.jobs import Queue, Release, enqueue, every, task
from pitchbar.settings import Settings, current_settings
from pitchbar.webhooks.calling import Pumps, call_pumps
from pitchbar.webhooks.forgetting import forget_old
from pitchbar.webhooks.pump import Pump
from pitchbar.webhooks.sending import Sender
from pitchbar.webhooks.settings import WebhookSettings

# Shorter than a worker that is to stop may go on.
RUN_SECONDS = 20.0
LINGER_SECONDS = 3.0
_SOON_SECONDS = 60.0
# Who holds a lane may renew it: no need to look for it all the time.
_AT_LEAST_SECONDS = 0.5


@task(queue=Queue.ANALYTICS, tries=10, waits=(1, 2, 5, 15, 30), timeout=120)
def deliver(number: int) -> None:
    """Brings to endpoints what is due; one of `WEBHOOK_PUMPS` that may run at once."""
    pump = make_pump(current_settings())
    pump.run(RUN_SECONDS, LINGER_SECONDS)
    if pump.has_more():
        # Others of the queue have their turn.
        raise Release(0)
    _call_later(pump, number)


@task(queue=Queue.ANALYTICS, tries=3, schedule=every.minutes(1), missed="skip")
def call_for_deliveries() -> None:
    """For tries whose time has come, and for whatever died before it could call."""
    pump = make_pump(current_settings())
    if pump.has_more():
        call_pumps()
        db.session.commit()
    else:
        _call_later(pump, 0)


def _call_later(pump: Pump, number: int) -> None:
    """For the next try, when it can be made before the schedule looks again."""
    seconds = pump.seconds_to_next(_SOON_SECONDS)
    if seconds is not None:
        later = f"{deliver.name}:{number}:later"
        enqueue(deliver, number, delay=max(seconds, _AT_LEAST_SECONDS), unique=later)
        db.session.commit()


@task(queue=Queue.DEFAULT, tries=2, timeout=300, schedule=every.day_at("03:40"))
def forget_deliveries() -> None:
    """Messages, deliveries and attempts past `WEBHOOK_LOG_DAYS`."""
    forget_old(current_settings()[WebhookSettings].webhook_log_days)


Pumps.task = deliver


def make_pump(settings: Settings) -> Pump:
    """Once for each process: the threads that send, and what is still under way."""
    allowed = settings[OutboundSettings].allowed
    return _make_pump(settings.database_url, settings[WebhookSettings], allowed, settings.app_keys)


# By what it takes: other settings may change while it runs.
@cache
def _make_pump(
    _database_url: str, own: WebhookSettings, allowed: frozenset[str], keys: tuple[str, ...]
) -> Pump:
    return Pump(db.engine, bus, Sender(own.webhook_timeout_seconds, allowed), own, keys)
