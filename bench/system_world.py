"""A whole installation for the bench of the system: PostgreSQL, Redis with its file, what stands
outside, and every process of the Procfile, kept running as a process manager does.
"""

import contextlib
import json
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench import machine
from bench.system_outside import Outside, open_outside
from bench.worlds import OwnPostgres, OwnRedis

SITE = "http://pitchbar.test"
EMAIL, PASSWORD = "ada@pitchbar.example", "a quiet horse counts to nine"
# As infra/systemd has it.
RESTART_SECONDS = 2.0
# Behind a port; the others have none.
SERVERS = ("web", "edge", "realtime")
WORKERS = {
    "worker-ingestion": ("ingestion",),
    "worker-analytics": ("analytics",),
    "worker": ("crawl", "index", "default"),
}
_READY = {"web": "/up/ready", "realtime": "/up/ready", "edge": "/t/no-such-code"}
_CLOCK_SEAM = Path(__file__).resolve().parent / "clock_seam"
_VOUCHERS = Path(machine.ROOT / "docs/concepts.md")


@dataclass
class Program:
    """A process of the Procfile; `command` is what stands there."""

    name: str
    kind: str
    command: str
    environ: dict[str, str]
    log: Path
    port: int = 0
    process: Any = None
    started_at: float = 0.0
    restarts: int = 0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = machine.start(["bash", "-c", f"exec {self.command}"], self.environ, self.log)

    def family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """All of it at once, as a kernel does that has no memory left for a container."""
        for one in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait()

    def memory_mb(self) -> float:
        """What of the machine's memory it takes: pages that processes share count once."""
        total = 0
        for one in self.family():
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss
        return total / 2**20


@dataclass
class Known:
    """What clients know."""

    slug: str
    token: str
    pixel_key: str
    code_id: int = 0
    agent: str = ""


@dataclass
class System:
    folder: Path
    environ: dict[str, str]
    redis: OwnRedis
    postgres: OwnPostgres
    outside: Outside
    known: Known
    restart_seconds: float = RESTART_SECONDS
    programs: dict[str, Program] = field(default_factory=dict)
    cold: dict[str, float] = field(default_factory=dict)
    idle_mb: dict[str, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)
    _manager: threading.Thread | None = None
    _managed: threading.Lock = field(default_factory=threading.Lock)

    # Its processes

    def of_kind(self, kind: str) -> list[Program]:
        return [one for one in self.programs.values() if one.kind == kind]

    def ports(self, kind: str) -> list[int]:
        return [one.port for one in self.of_kind(kind)]

    def add(self, kind: str, number: int, command: str) -> Program:
        name = f"{kind}-{number}" if number else kind
        port = machine.free_port() if kind in SERVERS else 0
        own = {"PORT": str(port)} if port else {}
        environ = self.environ | own | {"SPOOL_DIR": str(self.folder / "spool" / name)}
        made = Program(name, kind, command, environ, self.folder / f"{name}.log", port)
        self.programs[name] = made
        return made

    def start_and_wait(self, program: Program, seconds: float = 60) -> float:
        """How long it took from its start until it was of use."""
        program.start()
        machine.wait_until(
            partial(self.is_ready, program), seconds, f"{program.name}, see {program.log}"
        )
        return time.monotonic() - program.started_at

    def is_ready(self, program: Program) -> bool:
        if program.kind in SERVERS:
            return machine.answers(f"http://127.0.0.1:{program.port}{_READY[program.kind]}")
        pids = [one.pid for one in program.family()]
        there = {row[0] for row in self.ask("SELECT queues FROM workers WHERE pid = ANY(%s)", pids)}
        return there >= set(WORKERS.get(program.kind, ("schedule",)))

    def manage(self) -> None:
        """Starts again what ended, a moment later, until the end."""
        self._manager = threading.Thread(target=self._manage, daemon=True)
        self._manager.start()

    def _manage(self) -> None:
        while not self._ended.wait(0.1):
            for one in self.programs.values():
                if one.process is not None and one.process.poll() is not None:
                    self._ended.wait(self.restart_seconds)
                    with self._managed:
                        if not self._ended.is_set():
                            one.restarts += 1
                            one.start()

    # What it knows

    def ask(self, query: str, *values: Any) -> list[Any]:
        """Rows of the database, or none while it is away."""
        try:
            with psycopg.connect(self.postgres.url, autocommit=True, connect_timeout=3) as one:
                return one.execute(query, values).fetchall()
        except psycopg.Error:
            return []

    def is_there(self) -> bool:
        return bool(self.ask("SELECT 1"))

    # The end

    def close(self) -> None:
        self._ended.set()
        with self._managed:
            for one in self.programs.values():
                if one.process is not None and one.process.poll() is None:
                    one.process.terminate()
        until = time.monotonic() + 15
        for one in self.programs.values():
            if one.process is None:
                continue
            with contextlib.suppress(Exception):
                one.process.wait(max(0.1, until - time.monotonic()))
            one.kill()
            # What lost its parent by a kill of before.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(one.process.pid, signal.SIGKILL)
        if self._manager is not None:
            self._manager.join(5)
        self.redis.kill()
        self.postgres.close()
        self.outside.close()


class Clock:
    """Of all processes of the installation; see clock_seam."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.turn(0.0)

    def turn(self, seconds: float) -> None:
        # In place: others have it mapped.
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("d", seconds))

    def environ(self) -> dict[str, str]:
        return {"BENCH_CLOCK": str(self.file), "PYTHONPATH": str(_CLOCK_SEAM)}


def procfile() -> dict[str, str]:
    """Commands by process; the port stands in the environment."""
    lines = (machine.ROOT / "Procfile").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {name: command.strip() for name, command in pairs}


def _environ(folder: Path, redis: OwnRedis, postgres: OwnPostgres) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        # Production, but that it may ask the stand-ins.
        "APP_ENV": "staging",
        "APP_KEY": "only for this bench, only for this bench",
        "APP_URL": SITE,
        "REALTIME_URL": SITE.replace("://", "://live."),
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
        "DATA_DIR": str(folder / "data"),
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        "LOG_LEVEL": "INFO",
        "TRUSTED_PROXIES": "1",
        "PRIVACY_STORE_IP": "full",
        "CRAWL_HOST_PAUSE": "0.2",
        "WEBHOOK_WAITS": "1,2,4,8,15,30,60,60,60",
        # One token makes all of the API's load.
        "RATELIMIT_API": "100000/minute",
        "RATELIMIT_API_WORKSPACE": "100000/minute",
    }


def _found(environ: dict[str, str], customer: str) -> Known:
    """Migrates, and makes two workspaces: one in which all happens, and one that pays."""
    from flask_migrate import upgrade

    from bench.rule_sets import twenty_rules
    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.billing.rows import get_or_add_row
    from pitchbar.codes.services import create_code
    from pitchbar.events.actors import SYSTEM
    from pitchbar.extensions import db
    from pitchbar.rules.drafts import read_rules
    from pitchbar.rules.services import replace_rules
    from pitchbar.settings import load_settings
    from pitchbar.workspaces.plans import SCALE
    from pitchbar.workspaces.services import create_workspace
    from pitchbar.workspaces.tokens.services import create_token

    settings = load_settings(environ | {"LOG_LEVEL": "ERROR"})
    with create_app(settings).app_context():
        upgrade()
        ada = create_person(email=EMAIL, name="Ada", password=PASSWORD, is_proven=True)
        cafe = create_workspace(name="Cafe", time_zone="UTC", owner=ada, slug="cafe", plan=SCALE)
        paying = create_workspace(name="Paying", time_zone="UTC", owner=ada, slug="paying")
        get_or_add_row(paying).customer_id = customer
        _, token = create_token(cafe, by=SYSTEM, name="Bench", scope="read-write")
        ids = {}
        for name in ("menu", "rules", "token"):
            made = create_code(
                cafe,
                SYSTEM,
                settings,
                name=name,
                short_code=name,
                destination_url="https://destination.example/menu?table=4",
                utm_source="print",
            )
            ids[name] = made.id
            if name == "rules":
                replace_rules(made, SYSTEM, settings, read_rules(twenty_rules(), settings))
            made.attribution = name == "token"
        db.session.commit()
        known = Known(cafe.slug, token, str(cafe.pixel_key), ids["menu"])
        db.session.remove()
        db.engine.dispose()
    return known


@contextmanager
def system(
    folder: Path,
    counts: dict[str, int],
    *,
    restart_seconds: float,
    together: bool,
    say: Callable[[str], object],
) -> Iterator[tuple[System, Clock]]:
    """All of it, started one after another, each when the one before was there, or `together`."""
    redis = OwnRedis(folder, keeps=True)
    postgres = OwnPostgres(folder / "postgres")
    outside, clock = open_outside(), Clock(folder)
    environ = _environ(folder, redis, postgres) | outside.settings()
    one = System(
        folder,
        environ,
        redis,
        postgres,
        outside,
        Known("", "", ""),
        restart_seconds=restart_seconds,
    )
    try:
        one.known = _found(environ, outside.customer)
        folder.chmod(0o711)
        environ |= clock.environ()
        (_start_together if together else _start_all)(one, counts, say)
        one.manage()
        _prepare_agent(one)
        yield one, clock
    finally:
        one.close()


def _start_all(one: System, counts: dict[str, int], say: Callable[[str], object]) -> None:
    for kind, command in procfile().items():
        if kind == "release":
            continue
        many = counts.get(kind, 1)
        for number in range(1, many + 1):
            program = one.add(kind, number if many > 1 else 0, command)
            took = one.start_and_wait(program)
            one.cold.setdefault(kind, took)
            say(f"{program.name} is there after {took:.1f} s")


def _start_together(one: System, counts: dict[str, int], say: Callable[[str], object]) -> None:
    """Quicker, and tells nothing of how long each of them takes."""
    for kind, command in procfile().items():
        many = 0 if kind == "release" else counts.get(kind, 1)
        for number in range(1, many + 1):
            one.add(kind, number if many > 1 else 0, command).start()
    for program in one.programs.values():
        machine.wait_until(partial(one.is_ready, program), 180, f"{program.name}")
        one.cold.setdefault(program.kind, time.monotonic() - program.started_at)
    say("all processes are there")


def _prepare_agent(one: System) -> None:
    """By the API and the workers, as a customer does it."""
    text = _VOUCHERS.read_text()[:6000]
    body = {"kind": "text", "name": "How it works", "text": text}
    source = api(one, "POST", "/sources", body)["id"]
    machine.wait_until(
        lambda: api(one, "GET", f"/sources/{source}")["status"] == "indexed", 90, "index"
    )
    agent = api(
        one,
        "POST",
        "/agents",
        {"name": "Nora", "allowed_origins": ["*"], "source_ids": [source]},
    )
    api(one, "POST", f"/agents/{agent['id']}/publication")
    one.known.agent = agent["public_id"]
    hooks = {
        "url": f"{one.outside.receiver.server.url}/hooks",
        "events": ["code.created", "lead.captured", "scan.recorded"],
    }
    api(one, "POST", "/webhooks", hooks)


def api(one: System, method: str, path: str, body: Any = None) -> Any:
    from bench.system_load import call

    headers = {"Authorization": f"Bearer {one.known.token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    said = call(
        one.ports("web"), method, f"/api/v1/workspaces/{one.known.slug}{path}", data, headers
    )
    if said.status >= 300:
        raise SystemExit(f"{method} {path}: {said.status} {said.body[:500]!r}")
    return json.loads(said.body)
