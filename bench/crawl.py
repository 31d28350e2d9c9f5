"""How fast pages of a loopback site are found, fetched and looked through for links.

    bin/bench crawl [--pages 1000] [--workers 4] [--hosts 20] [--pause 0.2] [--database URL]

Twice: with politeness off, all pages on one host; and on, spread over `--hosts` hosts of which each
is asked once in `--pause` seconds. For the second, the least time that this allows is printed, too:
what is above it is ours. The site is a process of its own; the crawler is one with threads. Prints
pages a second, processor time of a page, the largest memory, and how often robots.txt and the
sitemap were asked for.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
import time
import urllib.request
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from flask_migrate import upgrade

from bench import machine
from pitchbar import create_app
from pitchbar.crawling import politeness
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.links import read_links
from pitchbar.crawling.robots import ask_robots
from pitchbar.crawling.sitemaps import read_sitemap, usual_sitemap
from pitchbar.extensions import db
from pitchbar.settings import load_settings


class Crawl:
    """The pages of all hosts, taken by workers in the order in which their hosts have a turn."""

    def __init__(self, app: Flask, origins: list[str]) -> None:
        self._app = app
        self._origins = origins
        self._waiting: deque[str] = deque()
        self._lock = threading.Lock()
        self.pages = 0
        self.links = 0

    def plan(self) -> None:
        with self._app.app_context():
            lists = [
                [entry.url for entry in read_sitemap(usual_sitemap(origin))]
                for origin in self._origins
            ]
        while any(lists):
            self._waiting.extend(urls.pop() for urls in lists if urls)

    def run(self, workers: int) -> None:
        with ThreadPoolExecutor(workers) as threads:
            for done in [threads.submit(self._work) for _ in range(workers)]:
                done.result()

    def _work(self) -> None:
        with self._app.app_context():
            while url := self._next():
                delay = ask_robots(url).delay
                wait = politeness.reserve(politeness.host_of(url), politeness.spacing_of(delay))
                if wait:
                    self._put_back(url)
                    time.sleep(min(wait, 0.05))
                else:
                    self._read(url)

    def _next(self) -> str:
        with self._lock:
            return self._waiting.popleft() if self._waiting else ""

    def _put_back(self, url: str) -> None:
        with self._lock:
            self._waiting.append(url)

    def _read(self, url: str) -> None:
        found = fetch(url)
        links = read_links(found.body, found.charset, found.final_url).links
        with self._lock:
            self.pages += 1
            self.links += len(links)


def measure(args: argparse.Namespace, folder: str, hosts: int, pause: float) -> None:
    port = machine.free_port()
    names = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
    pairs = [f"{name}:{port}" for name in names]
    command = [
        sys.executable,
        "bench/crawl_site.py",
        str(port),
        ",".join(names),
        str(args.pages),
    ]
    site = machine.start(command, {}, Path(folder) / "site.log")
    try:
        machine.wait_until(lambda: machine.listens(port), 15, "site")
        app = _app(Path(folder), args.database, pairs, pause)
        crawl = Crawl(app, [f"http://{pair}" for pair in pairs])
        began, cpu = time.perf_counter(), time.process_time()
        crawl.plan()
        planned = time.perf_counter()
        crawl.run(args.workers)
        took, cpu = time.perf_counter() - planned, time.process_time() - cpu
        _tell(args, hosts, pause, crawl, took, planned - began, cpu, _counts(port))
        with app.app_context():
            db.engine.dispose()
    finally:
        machine.end(site)


def _app(folder: Path, database: str, pairs: list[str], pause: float) -> Flask:
    environ = {
        "APP_ENV": "preview" if database else "development",
        "APP_KEY": "a key for the bench alone, long enough to be one",
        "DATA_DIR": str(folder),
        "OUTBOUND_ALLOW": ",".join(pairs),
        "CRAWL_HOST_PAUSE": str(pause),
        "DATABASE_URL": database,
        "LOG_LEVEL": "WARNING",
    }
    app = create_app(load_settings(environ))
    with app.app_context():
        upgrade()
    return app


def _counts(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts") as answer:
        found: dict[str, int] = json.load(answer)
        return found


def _tell(
    args: argparse.Namespace,
    hosts: int,
    pause: float,
    crawl: Crawl,
    took: float,
    planning: float,
    cpu: float,
    counts: dict[str, int],
) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{hosts} host{'s' if hosts > 1 else ''}, {pause:g} s between two pages of one:")
    print(f"  {crawl.pages} pages in {took:.1f} s: {crawl.pages / took:.0f} pages/s", end="")
    if pause:
        least = (-(-args.pages // hosts) - 1) * pause
        print(f", of at most {crawl.pages / least:.0f} (the least time is {least:.1f} s)", end="")
    print(f"; planned in {planning:.2f} s")
    print(f"  {cpu / crawl.pages * 1000:.1f} ms of processor a page, {crawl.links} links")
    print(f"  {memory:.0f} MB at most")
    asked = {name: counts.get(name, 0) for name in ("/robots.txt", "/sitemap.xml")}
    print(f"  asked for {asked['/robots.txt']} robots.txt, {asked['/sitemap.xml']} sitemap.xml,")
    print(f"  {counts.get('page', 0)} pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.2)
    parser.add_argument("--database", default="", help="of PostgreSQL; else a SQLite of its own")
    args = parser.parse_args()
    os.chdir(machine.ROOT)
    with tempfile.TemporaryDirectory() as folder:
        measure(args, folder, 1, 0)
        measure(args, folder, args.hosts, args.pause)


if __name__ == "__main__":
    main()
