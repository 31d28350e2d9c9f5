"""How many scans of a code were led on: exact, with as many processes as there are.

Only codes that need the number are counted: those with a limit, and those with a rule that asks for
it. Each scan that is led on takes a number in Redis, before it is answered; those that come at the
same time take theirs together. Without Redis the process counts by itself.

While Redis is away, a process goes on from the last total that it knew, and tells what it let
through when Redis is back. It tells how many it let through in all, not how many more, so that a
message that is lost or comes twice changes nothing.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from pitchbar.scans.shared_counts import Counted, SharedCounts

REACHED = -1

# A number that nobody asked for in this time is counted anew, from what is stored.
_KEEP_SECONDS = 7 * 86_400
# What one process told lives as long as it may be unsure whether a message of its arrived.
_KEEP_TOLD_SECONDS = 3_600

# KEYS: the total; what of it this process let through, as it told. ARGV: the total that the process
# knew, how much of its own is in it for sure, all that it let through, how many more it asks for,
# the limit (0 is none), and how long the two are kept.
_TAKE = """
local total = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1]))
local told = tonumber(redis.call('GET', KEYS[2]) or ARGV[2])
local own, wanted, limit = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
total = total + own - told
local granted = wanted
if limit > 0 then granted = math.min(wanted, math.max(0, limit - total)) end
total = total + granted
redis.call('SET', KEYS[1], total, 'EX', ARGV[6])
redis.call('SET', KEYS[2], own + granted, 'EX', ARGV[7])
return {total, granted}
"""


class _Ticket:
    """Of one scan that waits for its number."""

    __slots__ = ("before",)

    def __init__(self) -> None:
        self.before: int | None = None


class _Led:
    """What this process knows of one code.

    `total` is of all processes as far as it is known, `own` what this one let through, and `told`
    how much of that is in the total for sure; `name` is under which it tells.
    """

    __slots__ = ("key", "name", "own", "told", "total", "turn", "waiting")

    def __init__(self, key: str, total: int) -> None:
        self.key = key
        self.name = uuid4().hex[:12]
        self.total = total
        self.own = self.told = 0
        self.turn = threading.Lock()
        self.waiting: deque[_Ticket] = deque()


class LedScans:
    """The numbers of all codes that are counted."""

    def __init__(self, redis: Any = None) -> None:
        self._shared = SharedCounts(redis, "scans up to a limit are counted")
        self._led: dict[int, _Led] = {}

    def reset_after_fork(self) -> None:
        """In a forked child: what the parent let through is the parent's to tell."""
        self._shared.reset_after_fork()
        self._led = {code_id: _Led(led.key, led.total) for code_id, led in self._led.items()}

    def prepare(self, code: Counted, count: Callable[[], int]) -> None:
        """Called off the path, whenever a code that is counted was looked up.

        Args:
            count: how many were led on by what is stored, and by what waits to be; asked once.
        """
        led = self._led.get(code.id)
        if led is None:
            led = self._led.setdefault(code.id, _Led(code.key("led"), count()))
        with led.turn:
            self._ask(led, wanted=0, limit=0)

    def forget(self, code_id: int) -> None:
        """A code that is not counted now; it is counted anew when it is again."""
        self._led.pop(code_id, None)

    def count_before(self, code_id: int) -> int:
        """How many were led on, as far as this process knows; takes no number."""
        led = self._led.get(code_id)
        return led.total if led else 0

    def take(self, code_id: int, limit: int = 0) -> int:
        """Counts this scan; how many came before it, or REACHED.

        Args:
            limit: how many are led on, 0 for all.
        """
        led = self._led.get(code_id)
        if led is None:
            # Since a moment it is not counted any more.
            return 0
        if limit and led.total >= limit:
            return REACHED
        ticket = _Ticket()
        led.waiting.append(ticket)
        with led.turn:
            if ticket.before is None:
                self._serve(led, limit)
        return REACHED if ticket.before is None else ticket.before

    def catch_up(self) -> None:
        """Tells what Redis does not know yet; called often, never on the path."""
        self._shared.look_again()
        if not self._shared.is_there:
            return
        for led in tuple(self._led.values()):
            if led.own != led.told:
                with led.turn:
                    self._ask(led, wanted=0, limit=0)

    def _serve(self, led: _Led, limit: int) -> None:
        """All that wait, in one go; whoever holds the turn does it for them."""
        tickets = []
        while led.waiting:
            tickets.append(led.waiting.popleft())
        granted = self._ask(led, len(tickets), limit)
        if granted is None:
            granted = min(len(tickets), max(0, limit - led.total)) if limit else len(tickets)
            led.total += granted
            led.own += granted
        first = led.total - granted
        for place, ticket in enumerate(tickets):
            ticket.before = first + place if place < granted else REACHED

    def _ask(self, led: _Led, wanted: int, limit: int) -> int | None:
        """How many of those wanted are granted; None without Redis."""
        others = led.total - (led.own - led.told)
        keep = (_KEEP_SECONDS, _KEEP_TOLD_SECONDS)
        answer = self._shared.run(
            _TAKE,
            (led.key, f"{led.key}:{led.name}"),
            *(others, led.told, led.own, wanted, limit, *keep),
        )
        if answer is None:
            return None
        led.total, granted = int(answer[0]), int(answer[1])
        led.own += granted
        led.told = led.own
        return granted
