"""How soon an answer begins, with one, fifty and five hundred streams open at once.

    bin/bench chat [--streams 1,50,500] [--probes 40] [--keyless] [--docs FOLDER]

One web process under gevent, the packaged embedding model, our own docs as the source. A model's
endpoint on this machine answers in 0 ms and then goes on for as long as it is listened to, so that
streams stay open. So many are opened first; then visitors ask one after another, and of each the
time from its message to the first word is taken: all of it is ours. `--keyless` asks without a
model. Then as many ask in the same moment, which waits for the processor: all of them must be
answered. In the end statements before the first word are counted, by kind.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import chat_world, machine

TARGET_MS, TARGET_AT = 100.0, 50
_OPENED_AT_ONCE = 10
# Of fewer, a process's other memory tells more.
_MEMORY_FROM = 20
QUESTIONS = tuple(
    dict.fromkeys(
        line.split("\t")[0]
        for line in (machine.ROOT / "bench/data/questions.tsv").read_text().splitlines()
    )
)


@dataclass
class Stream:
    """One visitor's answer: when its first word came, in milliseconds, and how it ended."""

    first_ms: float = 0.0
    last: str = ""
    writer: asyncio.StreamWriter | None = None
    reader: asyncio.StreamReader | None = None

    def close(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()


async def ask(port: int, token: str, text: str) -> Stream:
    """Until the first word, or the end if there is none."""
    stream = Stream()
    stream.reader, stream.writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"text": text}).encode()
    head = (
        f"POST /api/v1/widget/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Origin: {chat_world.ORIGIN}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    began_at = time.perf_counter()
    stream.writer.write(head.encode() + body)
    while line := await _line(stream.reader):
        if not line.startswith(b"event: "):
            continue
        stream.last = line[7:].decode().strip()
        if stream.last == "token":
            stream.first_ms = (time.perf_counter() - began_at) * 1000
        if stream.last in ("token", "done", "error"):
            break
    return stream


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Nothing where nothing was heard for longer than a widget would wait."""
    try:
        return await asyncio.wait_for(reader.readline(), 35)
    except TimeoutError:
        return b""


async def measure(
    port: int, tokens: Sequence[str], count: int, probes: int, pid: int
) -> tuple[list[float], float]:
    """First words of visitors who come while `count` streams are open, and the process's memory
    then, in MB.
    """
    opened: list[Stream] = []
    for at in range(0, count, _OPENED_AT_ONCE):
        some = range(at, min(count, at + _OPENED_AT_ONCE))
        opened += await asyncio.gather(*(ask(port, *_asked(tokens, one)) for one in some))
    hearing = [asyncio.create_task(_hear(stream)) for stream in opened]
    memory, times = chat_world.resident_mb(pid), []
    for at in range(probes):
        probe = await ask(port, *_asked(tokens, at + count))
        if not probe.first_ms:
            raise SystemExit(f"a visitor was not answered: {probe.last}")
        times.append(probe.first_ms)
        probe.close()
    for stream in opened:
        stream.close()
    await asyncio.gather(*hearing, return_exceptions=True)
    return times, memory


def _asked(tokens: Sequence[str], at: int) -> tuple[str, str]:
    return tokens[at % len(tokens)], QUESTIONS[at % len(QUESTIONS)]


async def _hear(stream: Stream) -> None:
    assert stream.reader is not None
    while await stream.reader.read(65536):
        pass


async def rush(port: int, tokens: Sequence[str], count: int) -> list[Stream]:
    """All at once; each is heard until its first word, and left."""
    asked = [
        ask(port, tokens[at % len(tokens)], QUESTIONS[at % len(QUESTIONS)]) for at in range(count)
    ]
    streams = await asyncio.gather(*asked)
    for one in streams:
        one.close()
    return streams


def share(times: Sequence[float], percent: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def say(what: str, value: str) -> None:
    print(f"{what:<58} {value}", flush=True)


@contextmanager
def endpoint(pause: float) -> Any:
    port = machine.free_port()
    process = multiprocessing.Process(
        target=chat_world.serve_model, args=(port, pause), daemon=True
    )
    process.start()
    machine.wait_until(lambda: machine.listens(port), 10, "endpoint")
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.join()


def run(options: argparse.Namespace, folder: Path) -> None:
    port = machine.free_port()
    with endpoint(1.0) as url:
        environ = chat_world.environ_of(folder, port, "" if options.keyless else url)
        agent = chat_world.prepare(environ, Path(options.docs))
        with chat_world.web(environ, folder, port) as process:
            tokens = chat_world.tokens_of(port, agent, 100)
            # The first ones load the model and the index.
            asyncio.run(measure(port, tokens, 0, 10, process.pid))
            _, before = asyncio.run(measure(port, tokens, 0, 1, process.pid))
            for count in options.streams:
                # Without a model an answer is over as soon as it has begun.
                held = 0 if options.keyless else count
                times, memory = asyncio.run(
                    measure(port, tokens, held, options.probes, process.pid)
                )
                _report(count, times)
                if held >= _MEMORY_FROM:
                    each = (memory - before) * 1024 / held
                    say(f"{held} streams open: memory of each", f"{each:.0f} kB")
                _rush(port, tokens, count)
    for line in chat_world.count_statements(environ, QUESTIONS[0]):
        print(line)


def _report(count: int, times: Sequence[float]) -> None:
    p50, p95 = statistics.median(times), share(times, 95)
    target = f", target {TARGET_MS:.0f} ms" if count == TARGET_AT else ""
    say(f"{count} streams open: first word p50 / p95", f"{p50:.0f} / {p95:.0f} ms{target}")


def _rush(port: int, tokens: Sequence[str], count: int) -> None:
    began_at = time.perf_counter()
    streams = asyncio.run(rush(port, tokens, count))
    times = [one.first_ms for one in streams if one.first_ms]
    took = time.perf_counter() - began_at
    if len(times) != count:
        ends = Counter(one.last or "silence" for one in streams if not one.first_ms)
        raise SystemExit(f"{count - len(times)} of {count} were not answered: {dict(ends)}")
    p50, p95 = statistics.median(times), share(times, 95)
    say(f"{count} ask in one moment: first word p50 / p95", f"{p50:.0f} / {p95:.0f} ms")
    say(f"{count} ask in one moment: answers begun in a second", f"{count / took:.0f}")


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--streams", type=lambda text: [int(one) for one in text.split(",")], default=[1, 50, 500]
    )
    parser.add_argument("--probes", type=int, default=40)
    parser.add_argument("--keyless", action="store_true")
    parser.add_argument("--docs", default=str(machine.ROOT / "docs"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pitchbar-chat-") as folder:
        run(options, Path(folder))


if __name__ == "__main__":
    main()
