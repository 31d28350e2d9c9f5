"""Sources read by real jobs: how fast, how fair, and what becomes of what fails.

    bin/bench sources reading [--pages 1000] [--where scale,embedded] [--pause 0]
    bin/bench sources failures
    bin/bench sources held [--sites 20]

`reading`: a worker process for each core reads a site of so many pages; when a tenth of it is read,
another workspace adds a single page. Prints pages a second, how long the single page took, the
memory of the workers, and how often robots.txt and the sitemap were asked for. `failures`: a table
of what a site may answer: the tries that were used, the waits between them, how it ends, and what
the customer reads. `held`: damage of eight kinds and harmless changes of six on generated sites;
how many are held.
"""

import argparse
import json
import random
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, select, update

from bench import machine
from bench.jobs import Bench, at_scale, embedded

_MEGABYTE = 1024 * 1024


# --- reading -------------------------------------------------------------------------------------


def reading(options: argparse.Namespace) -> bool:
    shapes = {"scale": at_scale, "embedded": embedded}
    for where in options.where.split(","):
        with shapes[where]() as bench, _site(options.pages) as port:
            _read(bench, options, port)
    return True


@contextmanager
def _site(pages: int) -> Iterator[int]:
    """A site of so many pages on two names of this machine."""
    port = machine.free_port()
    with tempfile.TemporaryDirectory() as folder:
        names = "127.0.0.1,127.0.0.2"
        command = [sys.executable, "bench/crawl_site.py", str(port), names, str(2 * pages)]
        process = machine.start(command, {}, Path(folder) / "site.log")
        try:
            machine.wait_until(lambda: machine.listens(port), 15, "site")
            yield port
        finally:
            machine.end(process)


def _read(bench: Bench, options: argparse.Namespace, port: int) -> None:
    from pitchbar import create_app

    settings = bench.settings.replaced(
        outbound_allow=(f"127.0.0.1:{port}", f"127.0.0.2:{port}"),
        crawl_host_pause=options.pause,
        source_pages=options.pages + 1,
    )
    with create_app(settings).app_context():
        large, single = _workspaces()
        began = time.monotonic()
        source = _add(large, settings, "site", f"http://127.0.0.1:{port}/")
        workers = _start_workers(bench, settings, port, options.pause)
        try:
            machine.wait_until(lambda: _read_pages(source) >= options.pages / 10, 600, "pages")
            asked = time.monotonic()
            page = _add(single, settings, "url", f"http://127.0.0.2:{port}/page/1")
            machine.wait_until(lambda: _is_indexed(page), 600, "single page")
            alone = time.monotonic() - asked
            so_far = _read_pages(source)
            most = _memory(workers)
            while not _is_read(source):
                most = max(most, _memory(workers))
                time.sleep(0.2)
            read = time.monotonic() - began
            machine.wait_until(lambda: _is_indexed(source), 900, "index")
            indexed = time.monotonic() - began
            count = _read_pages(source)
        finally:
            for process in workers:
                machine.end(process)
    counts = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/counts"))
    where = "Redis and PostgreSQL" if settings.redis_url else "SQLite alone"
    print(
        f"{where}, pause {options.pause:g} s: {count} pages in {read:.1f} s, {count / read:.1f} "
        f"pages/s; in the index after {indexed:.1f} s; workers {most / _MEGABYTE:.0f} MB in all; "
        f"asked for {counts.get('/robots.txt', 0)} robots.txt and "
        f"{counts.get('/sitemap.xml', 0)} sitemaps; a single page of another workspace, added "
        f"when {so_far} were read, was in the index after {alone:.1f} s",
        flush=True,
    )


def _workspaces() -> tuple[Any, Any]:
    from pitchbar.extensions import db
    from tests.support.factories import make_workspace

    made = make_workspace(plan="scale"), make_workspace(plan="scale")
    db.session.commit()
    return made


def _add(workspace: Any, settings: Any, kind: str, url: str) -> int:
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.sources.services import create_source

    source = create_source(workspace, SYSTEM, settings, kind=kind, url=url)
    db.session.commit()
    return source.id


def _start_workers(bench: Bench, settings: Any, port: int, pause: float) -> list[Any]:
    environ = {
        "APP_ENV": settings.app_env,
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOG_LEVEL": "ERROR",
        "OUTBOUND_ALLOW": f"127.0.0.1:{port},127.0.0.2:{port}",
        "CRAWL_HOST_PAUSE": str(pause),
    }
    program = machine.program("pitchbar")
    commands = ([program, "work", "--queues", "crawl,index,default"], [program, "schedule"])
    return [machine.start([*one], environ, bench.folder / "log") for one in commands]


def _memory(workers: list[Any]) -> int:
    family = [psutil.Process(one.pid) for one in workers]
    family += [child for one in family for child in one.children(recursive=True)]
    return sum(one.memory_info().rss for one in family if one.is_running())


def _read_pages(source_id: int) -> int:
    from pitchbar.extensions import db
    from pitchbar.sources.models import READ, Page

    time.sleep(0.05)
    db.session.rollback()
    query = select(func.count()).where(Page.source_id == source_id, Page.state == READ)
    return db.session.scalar(query) or 0


def _is_read(source_id: int) -> bool:
    from pitchbar.extensions import db
    from pitchbar.sources.models import Generation

    db.session.rollback()
    query = select(Generation.read_at).where(Generation.source_id == source_id)
    return db.session.scalar(query) is not None


def _is_indexed(source_id: int) -> bool:
    from pitchbar.extensions import db
    from pitchbar.sources.models import Source

    time.sleep(0.05)
    db.session.rollback()
    status = db.session.scalar(select(Source.status).where(Source.id == source_id))
    assert status != "failed", "the source failed"
    return status == "indexed"


# --- failures ------------------------------------------------------------------------------------

_STATUSES = (400, 401, 403, 404, 408, 410, 429, 451, 500, 502, 503, 504)
PATHS = (
    *(f"/status/{status}" for status in _STATUSES),
    "/reset",
    "/silent",
    "/hang",
    "/circle",
    "/endless/1",
    "/to/inner",
    "/large",
    "/bomb/gzip",
)
OTHERS = ("http://no-such-host.example/", "http://127.0.0.1:9/")


def failures(_options: argparse.Namespace) -> bool:
    from pitchbar import create_app
    from tests.support.hostile_site import hostile_site

    with embedded() as bench, hostile_site() as site:
        settings = bench.settings.replaced(
            outbound_allow=(site.pair, "127.0.0.1:9"), crawl_host_pause=0, crawl_timeout=1
        )
        print(f"{'what':34} {'tries':>5} {'waits':16} {'ends as':8} what the customer reads")
        with create_app(settings).app_context():
            for url in (*map(site.url, PATHS), *OTHERS):
                shown = url.removeprefix(site.origin)
                print(f"{shown:34} {_fail(settings, url)}", flush=True)
    return True


def _fail(settings: Any, url: str) -> str:
    from pitchbar.crawling.models import CrawlHost
    from pitchbar.extensions import db
    from pitchbar.jobs import Queue
    from pitchbar.jobs.ledger.models import Job
    from pitchbar.sources.models import Page, Source
    from tests.sources.factories import work_off
    from tests.support.factories import make_workspace

    source_id = _add(make_workspace(), settings, "url", url)
    waits: list[str] = []
    for _ in range(200):
        work_off(Queue.CRAWL, Queue.INDEX, Queue.DEFAULT, most=1)
        db.session.execute(update(CrawlHost).values(next_at=0, rests_until=0))
        db.session.commit()
        source = db.session.get_one(Source, source_id)
        page = db.session.scalar(select(Page).where(Page.source_id == source_id))
        if source.status == "failed" or page is None:
            if source.status == "failed":
                break
            continue
        query = select(Job).where(Job.task == "sources.crawl_page").order_by(Job.id.desc()).limit(1)
        job = db.session.scalar(query)
        if job is not None and job.state == "queued" and job.attempt:
            waits.append(f"{(job.due_at - job.queued_at).total_seconds():.0f}")
    times = waits if len(waits) < 4 else [f"{len(waits)} x {waits[0]}"]
    tries = page.tries if page is not None else 0
    return f"{tries:>5} {', '.join(times) or '-':16} {source.status:8} {source.error}"


# --- held ----------------------------------------------------------------------------------------


def held(options: argparse.Namespace) -> bool:
    from pitchbar.sources.crawls.health import judge
    from tests.sources.test_health import DAMAGE, HARMLESS, site

    chance, good = random.Random(1), True
    for name, kinds, wanted in (("damage", DAMAGE, True), ("harmless", HARMLESS, False)):
        for kind, change in kinds.items():
            count = 0
            for _ in range(options.sites):
                old = site(chance.randint(6, 120))
                share = chance.uniform(0.25, 1.0)
                chosen = chance.sample(sorted(old), max(2, round(share * len(old))))
                changed = {url: change(url, old[url]) for url in chosen}
                new = {**old, **{url: text for url, text in changed.items() if text is not None}}
                gone = {url for url, text in changed.items() if text is None}
                verdict = judge(old, {url: new[url] for url in new if url not in gone}, 0.2)
                count += not verdict.is_harmless
            good &= count == (options.sites if wanted else 0)
            print(f"{name:9} {kind:34} held {count} of {options.sites}")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("reading", "failures", "held"))
    parser.add_argument("--where", default="scale", help="scale, embedded or both, with a comma")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between pages of a host")
    parser.add_argument("--sites", type=int, default=20)
    options = parser.parse_args()
    measures = {"reading": reading, "failures": failures, "held": held}
    sys.exit(0 if measures[options.what](options) else 1)


if __name__ == "__main__":
    main()
