"""What goes wrong in the bench of the system, one thing after another, and back to good."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psutil

from bench import machine
from bench.system_world import Clock, System

# The clock goes back so far, and stays there.
BACK_SECONDS = -60.0


@dataclass
class Fault:
    """`strike` returns when the cause is over; what has to recover then begins to."""

    name: str
    strike: Callable[[], None]


def faults_of(system: System, clock: Clock, away: float, outage: float) -> list[Fault]:
    """`outage` is how long PostgreSQL is stopped, `away` how long all else is away, in seconds."""

    def kill(kind: str) -> Fault:
        return Fault(f"kill -9 {kind}", partial(_kill_one, system, kind))

    kinds = list(dict.fromkeys(one.kind for one in system.programs.values()))
    return [
        *(kill(kind) for kind in kinds),
        Fault("Redis restarted", partial(_restart_redis, system)),
        Fault("PostgreSQL stopped", partial(_stop_postgres, system, outage)),
        Fault("disk full", partial(_fill_disk, system, away)),
        Fault("mail down", partial(_without, system.outside.mail, away)),
        Fault("model down", partial(_without, system.outside.model, away)),
        Fault("receiver down", partial(_without, system.outside.receiver.server, away)),
        Fault("Stripe down", partial(_without, system.outside.stripe_server, away)),
        Fault("clock back", partial(clock.turn, BACK_SECONDS)),
    ]


def _kill_one(system: System, kind: str) -> None:
    """One process of the kind, with its children; over when its successor is of use."""
    program = system.of_kind(kind)[0]
    before = program.restarts
    program.kill()
    machine.wait_until(lambda: program.restarts > before, 60, f"another {program.name}")
    machine.wait_until(partial(system.is_ready, program), 90, f"{program.name} after its kill")


def _restart_redis(system: System) -> None:
    system.redis.kill()
    time.sleep(1)
    system.redis.start()


def _stop_postgres(system: System, seconds: float) -> None:
    system.postgres.stop()
    time.sleep(seconds)
    system.postgres.start()
    machine.wait_until(system.is_there, 60, "PostgreSQL")


def _fill_disk(system: System, seconds: float) -> None:
    """A limit on the size of files, for all that accept scans: as on a full disk, what is written
    beyond it is refused. Mounting a small file system would need rights that few machines give.
    """
    _limit_files(system, 4096)
    time.sleep(seconds)
    _limit_files(system, resource.RLIM_INFINITY)


def _limit_files(system: System, most: int) -> None:
    for kind in ("web", "edge"):
        for program in system.of_kind(kind):
            for one in program.family():
                try:
                    limits = (most, resource.RLIM_INFINITY)
                    resource.prlimit(one.pid, resource.RLIMIT_FSIZE, limits)
                except (psutil.NoSuchProcess, ProcessLookupError):
                    continue


def _without(server: object, seconds: float) -> None:
    server.stop()  # type: ignore[attr-defined]  # all stand-ins have both
    time.sleep(seconds)
    server.start()  # type: ignore[attr-defined]  # as above
