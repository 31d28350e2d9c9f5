"""A small load generator for machines without wrk: a thread for each connection.

It is Python on the same processors as the server, so its rates are lower bounds; what it is good
for is to see that every part of a bench still runs, and that nothing is lost.
"""

import http.client
import random
import statistics
import threading
import time
from urllib.parse import urlsplit

from bench.machine import Load


def load(
    url: str, *, seconds: float, connections: int, headers: list[str], per_second: float = 0
) -> Load:
    """Loads `url`; with `per_second`, at about that rate. Waits for every answer."""
    pause = connections / per_second if per_second else 0.0
    visitors = [_Visitor(url, headers, pause) for _ in range(connections)]
    until = time.perf_counter() + seconds
    started = time.perf_counter()
    threads = [threading.Thread(target=visitor.run, args=(until,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    times = [one for visitor in visitors for one in visitor.times] or [0.0]
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    failed = sum(visitor.failed for visitor in visitors)
    return Load(len(times), len(times) / took, cuts[49] * 1000, cuts[98] * 1000, failed)


class _Visitor:
    """One connection; `times` are seconds, one for each answer."""

    def __init__(self, url: str, headers: list[str], pause: float) -> None:
        parts = urlsplit(url)
        self._host = parts.netloc
        self._target = parts.path + (f"?{parts.query}" if parts.query else "")
        pairs = (header.partition(": ") for header in headers)
        self._headers = {name: value for name, _, value in pairs}
        self._pause = pause
        self.times: list[float] = []
        self.failed = 0

    def run(self, until: float) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=10)
        while time.perf_counter() < until:
            # Like an independent visitor, who thinks for a while.
            time.sleep(random.uniform(0, 2 * self._pause))
            started = time.perf_counter()
            connection.request("GET", self._target, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
            self.times.append(time.perf_counter() - started)
            self.failed += answer.status >= 400
        connection.close()
