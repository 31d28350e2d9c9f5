"""The pump: brings what is due to its endpoints, each by a lane of its own.

One thread decides and writes, others send. An endpoint that hangs takes up its own few threads, and
all slow ones together no more than half of them, so it delays nobody else. What is under way when
a process dies is sent again, under the same id.
"""

import queue
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from pitchbar.core.bus import Bus
from pitchbar.core.encryption import Keys
from pitchbar.webhooks.health import review_endpoints
from pitchbar.webhooks.joining import has_facts, join_facts
from pitchbar.webhooks.lanes import LEASE_SECONDS, Lane, LaneHolder
from pitchbar.webhooks.results import GONE, TOO_MANY, Retries, store_results
from pitchbar.webhooks.sending import Due, Result, Sender
from pitchbar.webhooks.settings import WebhookSettings, read_waits

# Pages that show deliveries look again.
TOPIC = "webhook_deliveries"
_LOOK_SECONDS = 0.1
_RENEW_SECONDS = 2.0
_TELL_SECONDS = 0.5
_MOST_LANES = 400
_MOST_AT_ONCE = 200
# Attempts that are under way when the time is over get so long to end.
_END_SECONDS = 2.0


class Pump:
    """One for each process; between two runs only attempts that are still under way go on.

    Args:
        sender: makes one attempt.
        keys: one of them opens the signing secrets.
    """

    def __init__(
        self, engine: Engine, bus: Bus, sender: Sender, settings: WebhookSettings, keys: Keys
    ) -> None:
        self._engine = engine
        self._bus = bus
        self._sender = sender
        self._settings = settings
        self._holder = LaneHolder(engine, keys)
        self._retries = Retries(read_waits(settings.webhook_waits))
        self._disable_after = timedelta(days=settings.webhook_disable_days)
        self._pool = ThreadPoolExecutor(settings.webhook_threads, thread_name_prefix="webhooks")
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._lanes: dict[int, Lane] = {}
        self._unwritten: list[Result] = []
        self._under_way = 0
        self._look_at = self._renew_at = self._tell_at = 0.0
        self._changed: set[int] = set()

    def run(self, seconds: float, linger: float) -> int:
        """Works until nothing was due for `linger` seconds; returns how many attempts ended."""
        until, ended = time.monotonic() + seconds, 0
        quiet_until = time.monotonic() + linger
        self._renew_at = 0.0
        while time.monotonic() < min(until, quiet_until):
            count = self._step()
            ended += count
            if count or self._lanes:
                quiet_until = time.monotonic() + linger
        return ended + self._finish()

    def _step(self) -> int:
        now = time.monotonic()
        if now >= self._renew_at:
            self._renew(now)
        if now >= self._look_at:
            self._look(now)
        self._dispatch()
        ended = self._store(self._collect(0.02 if self._lanes else _LOOK_SECONDS))
        self._give_back_idle()
        self._tell_pages()
        return ended

    def _look(self, now: float) -> None:
        """For facts to join, and for lanes; where a look takes long, there are fewer of them."""
        join_facts(self._engine)
        room = _MOST_LANES - len(self._lanes)
        if room > 0:
            for lane in self._holder.take_due(room):
                self._lanes[lane.endpoint_id] = lane
        self._holder.load(self._lanes.values())
        self._look_at = time.monotonic() + max(_LOOK_SECONDS, 4 * (time.monotonic() - now))

    def _renew(self, now: float) -> None:
        """What became of the endpoints meanwhile counts from here on: another address, another
        secret, switched off.
        """
        self._renew_at = now + _RENEW_SECONDS
        if not self._lanes:
            return
        fresh = self._holder.renew(list(self._lanes))
        for endpoint_id, lane in list(self._lanes.items()):
            known = fresh.get(endpoint_id)
            if known is None:
                self._drop(lane)
            else:
                lane.url, lane.secrets = known.url, known.secrets

    def _drop(self, lane: Lane) -> None:
        lane.waiting.clear()
        lane.may_have_more = False

    def _dispatch(self) -> None:
        """Round and round, one of each lane at a time."""
        now, threads = time.monotonic(), self._settings.webhook_threads
        slow_room = threads // 2 - sum(
            len(lane.in_flight) for lane in self._lanes.values() if lane.is_slow(now)
        )
        ready = list(self._lanes.values())
        while ready and self._under_way < threads:
            still_ready = []
            for lane in ready:
                is_slow = lane.is_slow(now)
                if self._under_way >= threads or (is_slow and slow_room <= 0):
                    continue
                if lane.may_send(now, self._settings.webhook_concurrency):
                    slow_room -= is_slow
                    self._send(lane, lane.take(now, self._settings.webhook_rate))
                    still_ready.append(lane)
            ready = still_ready

    def _send(self, lane: Lane, due: Due) -> None:
        self._under_way += 1
        self._pool.submit(self._attempt, due, lane.url, lane.secrets)

    def _attempt(self, due: Due, url: str, secrets: tuple[str, ...]) -> None:
        self._results.put(self._sender.attempt(due, url, secrets))

    def _collect(self, seconds: float) -> list[Result]:
        """What ended, and first of all what could not be written down before; waits so long."""
        found, self._unwritten = self._unwritten, []
        if found:
            return found
        try:
            found.append(self._results.get(timeout=seconds))
            while len(found) < _MOST_AT_ONCE:
                found.append(self._results.get_nowait())
        except queue.Empty:
            pass
        return found

    def _store(self, results: list[Result]) -> int:
        if not results:
            return 0
        # Until it is written: when the database is away, the next step or run tries again.
        self._unwritten = results
        store_results(self._engine, results, self._retries)
        self._unwritten = []
        self._under_way -= len(results)
        for result in results:
            self._end(result)
        gone = {result.due.endpoint_id for result in results if result.status == GONE}
        touched = {result.due.endpoint_id for result in results}
        for endpoint_id in review_endpoints(touched, gone, self._disable_after):
            if endpoint_id in self._lanes:
                self._drop(self._lanes[endpoint_id])
        self._changed |= {result.due.workspace_id for result in results}
        return len(results)

    def _end(self, result: Result) -> None:
        lane = self._lanes.get(result.due.endpoint_id)
        if lane is None:
            return
        lane.end(result.due.delivery_id, result.elapsed_ms, result.is_taken)
        # Its rest is written down: the others wait, too.
        if result.status == TOO_MANY:
            self._drop(lane)

    def _give_back_idle(self) -> None:
        idle = [one.endpoint_id for one in self._lanes.values() if one.is_idle]
        idle = [one for one in idle if not self._lanes[one].may_have_more]
        self._holder.give_back(idle)
        for endpoint_id in idle:
            del self._lanes[endpoint_id]

    def has_more(self) -> bool:
        """Whether something could be brought at once."""
        return self.seconds_to_next(0) is not None or has_facts(self._engine)

    def seconds_to_next(self, within: float) -> float | None:
        """Until the next try; None when it is later than that."""
        return self._holder.seconds_to_next(within)

    def _tell_pages(self) -> None:
        now = time.monotonic()
        if self._changed and now >= self._tell_at:
            self._tell_at = now + _TELL_SECONDS
            self._bus.publish(TOPIC, {"workspaces": sorted(self._changed)})
            self._changed.clear()

    def _finish(self) -> int:
        """Lets what is under way end, and gives the lanes back; attempts that hang keep theirs for
        as long as they may take.
        """
        for lane in self._lanes.values():
            self._drop(lane)
        until, ended = time.monotonic() + _END_SECONDS, 0
        while self._under_way and time.monotonic() < until:
            ended += self._store(self._collect(0.05))
        self._give_back_idle()
        left = list(self._lanes)
        self._holder.keep(left, self._settings.webhook_timeout_seconds + LEASE_SECONDS)
        self._tell_at = 0.0
        self._tell_pages()
        return ended
