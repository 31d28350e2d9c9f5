"""Everything dies once, in the middle of a rush; then accepted and stored scans are compared.

    bin/bench faults [--scans 1500] [--runs 1] [--shapes embedded,redis,scale] [--faults redis]

Each line is a shape, a fault, and what was accepted, stored, lost and counted twice. `lost` counts
accepted scans without a row. For a power cut a file system in a file is copied while the server is
stopped, mounted, and a server started from the copy; lost are scans that were shown as stored, or
were accepted more than 0.5 s before: the window is the shipper's 50 ms and the sync's own time.
Mounting needs root; without it these lines say so.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import machine
from bench.kill import Rush
from bench.worlds import OwnPostgres, OwnRedis, World, rows_of, world

Fault = Callable[[World], None]
ALL, WITH_REDIS = ("embedded", "redis", "scale"), ("redis", "scale")
WINDOW_SECONDS = 0.5
IMAGE_BYTES = 96 << 20


def kill_process(name: str, number: int) -> Fault:
    def strike(one: World) -> None:
        one.end(name, number)
        one.start(name)

    return strike


def redis_of(one: World) -> OwnRedis:
    assert one.redis is not None
    return one.redis


def postgres_of(one: World) -> OwnPostgres:
    assert one.postgres is not None
    return one.postgres


def while_the_worker_waits(strike: Fault) -> Fault:
    """So that as much as can be is in Redis, and in no database."""

    def struck(one: World) -> None:
        one.signal("worker", signal.SIGSTOP)
        time.sleep(0.7)
        strike(one)
        one.signal("worker", signal.SIGCONT)

    return struck


def kill_redis(one: World) -> None:
    redis_of(one).kill()
    redis_of(one).start()


def flush_redis(one: World) -> None:
    redis_of(one).client().flushall()


def freeze_redis(one: World) -> None:
    os.kill(redis_of(one).process.pid, signal.SIGSTOP)
    time.sleep(3)
    os.kill(redis_of(one).process.pid, signal.SIGCONT)


def fill_redis(one: World) -> None:
    redis_of(one).client().config_set("maxmemory", "1mb")
    time.sleep(3)
    redis_of(one).client().config_set("maxmemory", "0")


def stop_postgres(one: World) -> None:
    postgres_of(one).stop()
    time.sleep(2)
    postgres_of(one).start()


def freeze_postgres(one: World) -> None:
    postgres_of(one).signal(signal.SIGSTOP)
    time.sleep(3)
    postgres_of(one).signal(signal.SIGCONT)


def fill_disk(one: World) -> None:
    """A limit on the size of files: what is written beyond it is refused, as on a full disk."""
    _limit_files(one, 4096)
    time.sleep(2)
    _limit_files(one, resource.RLIM_INFINITY)


def _limit_files(one: World, most: int) -> None:
    for process in Path("/proc").glob("[0-9]*"):
        if _is_of(process, one.processes["web"].pid):
            limits = (most, resource.RLIM_INFINITY)
            resource.prlimit(int(process.name), resource.RLIMIT_FSIZE, limits)


def _is_of(process: Path, group: int) -> bool:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2]) == group
    except OSError:
        return False


FAULTS: dict[str, tuple[tuple[str, ...], Fault]] = {
    "kill -9 web": (ALL, kill_process("web", signal.SIGKILL)),
    "kill -9 worker": (WITH_REDIS, kill_process("worker", signal.SIGKILL)),
    "SIGTERM web": (ALL, kill_process("web", signal.SIGTERM)),
    "SIGTERM worker": (WITH_REDIS, kill_process("worker", signal.SIGTERM)),
    "Redis killed": (WITH_REDIS, while_the_worker_waits(kill_redis)),
    "Redis flushed": (WITH_REDIS, while_the_worker_waits(flush_redis)),
    "Redis frozen": (WITH_REDIS, freeze_redis),
    "Redis full": (WITH_REDIS, fill_redis),
    "PostgreSQL stopped": (("scale",), stop_postgres),
    "PostgreSQL frozen": (("scale",), freeze_postgres),
    "disk full": (ALL, fill_disk),
}
POWER_CUTS = {f"power cut at {seconds} s": seconds for seconds in (1, 3, 8)}


def strike_once(shape: str, name: str, scans: int) -> bool:
    temporary = tempfile.TemporaryDirectory(prefix="pitchbar-bench-")
    with temporary as folder, world(shape, scans, Path(folder)) as one:
        rush = one.rush(FAULTS[name][1])
        waited = one.settle()
        rows = one.stored()
    return tell(shape, name, rush, rows, set(rush.accepted), f"all in after {waited:.1f} s")


def cut_power(name: str, seconds: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="pitchbar-bench-") as folder:
        image, disk = Path(folder, "image"), Path(folder, "disk")
        disk.mkdir()
        if not mount_new(image, disk):
            print(f"{'embedded':<9} {name:<20} not measured: no rights to mount a file system")
            return True
        try:
            rush, shown, due = rush_until_cut(disk, image, seconds)
            rows = start_from_copy(Path(folder, "copy"), disk)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=False)
    lost_shown = len(shown - {address for _, address in rows})
    within = len(rush.accepted - due - {address for _, address in rows})
    note = f"{lost_shown} of {len(shown)} shown lost, {within} within the window lost"
    return tell("embedded", name, rush, rows, due | shown, note)


def mount_new(image: Path, disk: Path) -> bool:
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    try:
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
        done = subprocess.run(["mount", "-o", "loop", str(image), str(disk)], capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return done.returncode == 0


def rush_until_cut(disk: Path, image: Path, seconds: int) -> tuple[Rush, set[str], set[str]]:
    """The rush, the addresses that were shown as stored, and those accepted before the window."""
    with world("embedded", 1_000_000, disk) as one:
        rush = Rush(int(one.environ["PORT"]), one.scans)
        threads = rush.start()
        time.sleep(seconds - WINDOW_SECONDS)
        due = set(rush.accepted)
        time.sleep(WINDOW_SECONDS)
        one.signal("web", signal.SIGSTOP)
        shown = {address for _, address in one.stored()}
        shutil.copyfile(image, image.with_name("copy"))
        rush.stopped.set()
        one.signal("web", signal.SIGKILL)
        for thread in threads:
            thread.join()
    return rush, shown, due


def start_from_copy(copy: Path, disk: Path) -> list[tuple[str, str]]:
    subprocess.run(["umount", "-l", str(disk)], check=True)
    subprocess.run(["mount", "-o", "loop", str(copy), str(disk)], check=True)
    port = machine.free_port()
    environ = {
        "APP_ENV": "production",
        "APP_KEY": "only for this bench, only for this bench",
        "APP_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "DATA_DIR": str(disk),
        "LOG_LEVEL": "ERROR",
        "PRIVACY_STORE_IP": "full",
    }
    again = World("embedded", disk, 0, environ)
    try:
        again.start()
        again.settle()
    finally:
        again.close()
    return rows_of(disk / "pitchbar.db")


def tell(
    shape: str, name: str, rush: Rush, rows: list[tuple[str, str]], must: set[str], note: str
) -> bool:
    addresses = {address for _, address in rows}
    lost = len(must - addresses)
    twice = len(rows) - len(addresses)
    good = not (lost or twice or addresses - rush.sent)
    print(
        f"{shape:<9} {name:<20} {len(rush.accepted):>8} {len(rows):>8} {lost:>6} {twice:>6}  "
        f"{'good' if good else 'BAD'}, {note}",
        flush=True,
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--shapes", default=",".join(ALL))
    parser.add_argument("--faults", default="", help="only those whose name has this in it")
    args = parser.parse_args()
    shapes = args.shapes.split(",")
    print(f"{'shape':<9} {'fault':<20} {'accepted':>8} {'stored':>8} {'lost':>6} {'twice':>6}")
    results = [
        strike_once(shape, name, args.scans)
        for name, (where, _) in FAULTS.items()
        for shape in where
        if shape in shapes and args.faults in name
        for _ in range(args.runs)
    ]
    if "embedded" in shapes:
        results += [cut_power(name, at) for name, at in POWER_CUTS.items() if args.faults in name]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
