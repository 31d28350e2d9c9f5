"""How many scans of a month a workspace's plan records, counted beside the path of a scan.

Each process holds a small lease of what is left, and a scan takes one from it: an integer that
becomes smaller. When the lease is used up, another is taken from Redis, where all processes take
theirs; it is a 400th of what is left, so that what idle processes hold keeps little from the
others, and they give it back after ten seconds. Without Redis, or while it is away, a process goes
on from what it knew, and tells later.

Beyond the plan a scan is led on all the same. It is not recorded; how many were not is counted
(`scans/unrecorded.py`).
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pitchbar.scans.shared_counts import Counted, SharedCounts
from pitchbar.scans.unrecorded import Unrecorded

_PART = 400
_IDLE_SECONDS = 10.0
# A month, and more than a week in which it may be asked for.
_KEEP_SECONDS = 40 * 86_400

# KEYS: what is recorded or leased. ARGV: that, as the process knows it, for a Redis that does not;
# how much more the process recorded than it leased; the limit; the part of what is left that makes
# a lease, 0 for none; and how long it is kept.
_LEASE = """
local taken = tonumber(redis.call('GET', KEYS[1]) or ARGV[1]) + tonumber(ARGV[2])
local left, part, lease = tonumber(ARGV[3]) - taken, tonumber(ARGV[4]), 0
if part > 0 and left > 0 then lease = math.max(1, math.floor(left / part)) end
redis.call('SET', KEYS[1], taken + lease, 'EX', ARGV[5])
return {taken + lease, lease}
"""


class Month(NamedTuple):
    """`starts` is its first day, `ends_ms` the moment when the next one begins."""

    starts: date
    ends_ms: int


class Allowance:
    """What this process may record of one workspace's scans.

    `left` is what its lease has left. `taken` is what all processes recorded or leased, as far as
    this one knows; `owed` is how much of that Redis was not told.
    """

    __slots__ = (
        "_seen",
        "key",
        "left",
        "limit",
        "lock",
        "month",
        "owed",
        "taken",
        "used_at",
        "zone",
    )

    def __init__(self, key: str, zone: str, limit: int, month: Month, taken: int) -> None:
        self.key = key
        self.zone = zone
        self.limit = limit
        self.month = month
        self.taken = taken
        self.left = self.owed = 0
        self.lock = threading.Lock()
        self._seen, self.used_at = 0, time.monotonic()

    def is_idle(self, now: float) -> bool:
        """Whether nothing was taken from the lease for a while; asked again and again."""
        if self.left != self._seen:
            self._seen, self.used_at = self.left, now
        return self.left > 0 and now - self.used_at > _IDLE_SECONDS

    def begin(self, month: Month, taken: int) -> None:
        self.month, self.taken, self.left, self.owed = month, taken, 0, 0

    def give_back(self) -> None:
        left, self.left = self.left, 0
        self.taken -= left
        self.owed -= left


class Quota:
    """The allowances of all workspaces that this process leads scans on for."""

    def __init__(self, unrecorded: Unrecorded, redis: Any = None) -> None:
        self._unrecorded = unrecorded
        self._shared = SharedCounts(redis, "what plans record is counted")
        self._by_workspace: dict[int, Allowance] = {}

    def reset_after_fork(self) -> None:
        """In a forked child: leases are the parent's. It is asked anew, as codes are looked up."""
        self._shared.reset_after_fork()
        self._unrecorded.reset_after_fork()
        for allowance in self._by_workspace.values():
            allowance.lock = threading.Lock()
            allowance.left = allowance.owed = 0

    def prepare(
        self, workspace: Counted, zone: str, limit: int, count: Callable[[Month], int]
    ) -> Allowance:
        """Called off the path, whenever a code of the workspace was looked up.

        Args:
            count: how many scans of the month are stored, or wait to be; asked once.
        """
        now = time.time_ns() // 1_000_000
        allowance = self._by_workspace.get(workspace.id)
        if allowance is None:
            month = find_month(now, zone)
            fresh = Allowance(workspace.key("recorded"), zone, limit, month, count(month))
            allowance = self._by_workspace.setdefault(workspace.id, fresh)
        with allowance.lock:
            if allowance.zone != zone:
                allowance.zone = zone
                self._begin(allowance, now, count)
            if allowance.limit != limit:
                # A lease of the plan of before may be more than the new one records.
                allowance.limit = limit
                allowance.give_back()
            if allowance.left <= 0:
                self._lease(allowance)
        return allowance

    def renew(self, workspace_id: int, code_id: int, allowance: Allowance, now: int) -> bool:
        """The lease is used up, or the month is over: whether this scan is recorded."""
        with allowance.lock:
            if now >= allowance.month.ends_ms:
                self._begin(allowance, now, lambda _: 0)
            if allowance.left <= 0 and allowance.taken < allowance.limit:
                self._lease(allowance)
            if allowance.left > 0:
                allowance.left -= 1
                return True
        self._unrecorded.add(workspace_id, code_id, allowance.month.starts, now)
        return False

    def tend(self) -> None:
        """Gives back what is idle, tells what is owed; called often, never on the path."""
        self._shared.look_again()
        now, now_ms = time.monotonic(), time.time_ns() // 1_000_000
        for allowance in tuple(self._by_workspace.values()):
            is_idle = allowance.is_idle(now)
            if now_ms >= allowance.month.ends_ms:
                with allowance.lock:
                    self._begin(allowance, now_ms, lambda _: 0)
            elif is_idle or (allowance.owed and self._shared.is_there):
                with allowance.lock:
                    self._tell(allowance, give_back=is_idle)
        self._unrecorded.flush()

    def close(self) -> None:
        """The process ends: others may use what it holds."""
        for allowance in tuple(self._by_workspace.values()):
            with allowance.lock:
                self._tell(allowance, give_back=True)
        self._unrecorded.flush(is_last=True)

    def _begin(self, allowance: Allowance, now: int, count: Callable[[Month], int]) -> None:
        month = find_month(now, allowance.zone)
        allowance.begin(month, count(month))

    def _lease(self, allowance: Allowance) -> None:
        """Called under the lock."""
        if self._ask(allowance, _PART):
            return
        left = allowance.limit - allowance.taken
        if left > 0:
            lease = max(1, left // _PART)
            allowance.left += lease
            allowance.taken += lease
            allowance.owed += lease

    def _tell(self, allowance: Allowance, *, give_back: bool) -> None:
        """Called under the lock."""
        if give_back:
            allowance.give_back()
        self._ask(allowance, 0)

    def _ask(self, allowance: Allowance, part: int) -> bool:
        """False while Redis is away."""
        key = f"{allowance.key}:{allowance.month.starts:%Y-%m}:{allowance.zone}"
        known = allowance.taken - allowance.owed
        answer = self._shared.run(
            _LEASE, (key,), known, allowance.owed, allowance.limit, part, _KEEP_SECONDS
        )
        if answer is None:
            return False
        allowance.taken, allowance.owed = int(answer[0]), 0
        allowance.left += int(answer[1])
        return True


def find_month(milliseconds: int, zone: str) -> Month:
    """The month in which that moment falls, by the clocks of the zone."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(ZoneInfo(zone))
    first = at.date().replace(day=1)
    year, month = divmod(first.year * 12 + first.month, 12)
    ends = datetime(year, month + 1, 1, tzinfo=ZoneInfo(zone))
    return Month(first, round(ends.timestamp() * 1000))
