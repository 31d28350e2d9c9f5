"""A page as Chromium loads it: what it asks for, what it costs, and when it can be used."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from bench.widget_pages import Contender

# Looks once a frame for something to be seen, in every shadow root, and notes when.
_WATCH = """
(() => {
  const seen = (window.__seen = { cls: 0, long: 0 });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) seen.long += Math.max(0, one.duration - 50);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    seen.lcp = list.getEntries().at(-1).startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  const all = (selector, root = document) =>
    [...root.querySelectorAll("*")].flatMap((one) => [
      ...(one.matches(selector) ? [one] : []),
      ...(one.shadowRoot ? all(selector, one.shadowRoot) : []),
    ]);
  window.__find = (selector) =>
    all(selector).find((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 8 && box.height > 8 && one.checkVisibility({ visibilityProperty: true });
    });
  window.__when = (selector, since, limit = 15000) =>
    new Promise((resolve) => {
      const look = () => {
        if (window.__find(selector)) resolve(performance.now() - since);
        else if (performance.now() - since > limit) resolve(null);
        else requestAnimationFrame(look);
      };
      look();
    });
})()
"""
_OPEN = """([launcher, opened]) => {
  const since = performance.now();
  __find(launcher).click();
  return __when(opened, since);
}"""


@dataclass
class Load:
    """Milliseconds, but for counts and bytes (on the wire, compressed). `main` is what the page's
    thread was busy; `blocked` the part of long tasks beyond 50 ms. None: it was never there.
    """

    requests: float = 0
    bytes: float = 0
    main: float = 0
    blocked: float = 0
    cls: float = 0
    fcp: float = 0
    lcp: float = 0
    launcher: float | None = None
    opening: float | None = None
    opened_requests: float = 0
    opened_bytes: float = 0
    heap: float = 0


@dataclass(frozen=True)
class Profile:
    """How much slower the processor is, and the network: milliseconds there and back, and bits a
    second. A phone as Lighthouse takes it: four times, 150 ms, 1.6 Mbit/s.
    """

    name: str
    slower: int = 1
    latency: float = 0
    rate: float = -1

    def on(self, session: CDPSession) -> None:
        session.send("Emulation.setCPUThrottlingRate", {"rate": self.slower})
        per_second = self.rate / 8 if self.rate > 0 else -1
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": self.latency,
                "downloadThroughput": per_second,
                "uploadThroughput": per_second,
            },
        )


DESK = Profile("this machine")
PHONE = Profile("a phone on slow 4G", 4, 150, 1_600_000)


def load(browser: Browser, url: str, contender: Contender, profile: Profile) -> Load:
    """Twice, each in a browser session that has nothing cached: left alone for what it costs, then
    watched for when it can be used, since whoever watches costs something too.
    """
    found = Load()
    for part in (_cost, _times):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        session = context.new_cdp_session(page)
        wire = _Wire(session)
        session.send("Performance.enable")
        profile.on(session)
        page.add_init_script(_WATCH)
        try:
            page.goto(url, wait_until="load")
            part(page, session, wire, contender, found)
        finally:
            context.close()
    return found


def _cost(
    page: Page, session: CDPSession, wire: "_Wire", _contender: Contender, found: Load
) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    found.requests, found.bytes = wire.requests, wire.bytes
    found.main = _metrics(session)["TaskDuration"] * 1000
    seen = page.evaluate("__seen")
    found.blocked, found.cls, found.lcp = seen["long"], seen["cls"], seen.get("lcp", 0)
    paints = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    found.fcp = page.evaluate(paints)


def _times(
    page: Page, session: CDPSession, wire: "_Wire", contender: Contender, found: Load
) -> None:
    found.launcher = found.opening = None
    if not contender.body:
        return
    found.launcher = page.evaluate("one => __when(one, 0)", contender.launcher)
    page.wait_for_load_state("networkidle")
    if found.launcher is None:
        return
    found.opening = page.evaluate(_OPEN, [contender.launcher, contender.opened])
    page.wait_for_timeout(700)
    found.opened_requests, found.opened_bytes = wire.requests, wire.bytes
    found.cls = max(found.cls, page.evaluate("__seen.cls"))
    session.send("HeapProfiler.collectGarbage")
    found.heap = _metrics(session)["JSHeapUsedSize"]


class _Wire:
    def __init__(self, session: CDPSession) -> None:
        self.requests = self.bytes = 0.0
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda event: self._count(event["response"]["url"]))
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))

    def _count(self, url: str) -> None:
        self.requests += not url.startswith("data:")

    def _add(self, size: float) -> None:
        self.bytes += size


def _metrics(session: CDPSession) -> dict[str, float]:
    found: dict[str, Any] = session.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in found["metrics"]}


def middle(loads: Sequence[Load]) -> Load:
    """The median of each figure."""
    found = Load()
    for one in fields(Load):
        values = [value for each in loads if (value := getattr(each, one.name)) is not None]
        setattr(found, one.name, statistics.median(values) if values else None)
    return found
