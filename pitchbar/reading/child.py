"""The process that reads: it limits itself before it looks at what it was given."""

import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pitchbar.reading.results import Unreadable

_BROKEN = (
    "This file could not be read: it is damaged, or not quite what it says it is. Opening and "
    "saving it anew often helps."
)
_TOO_LARGE = "This file is far too large once it is unpacked, so we did not read it."


def _read_page(data: bytes, **facts: Any) -> dict[str, Any]:
    from pitchbar.reading.pages import read_markup

    return asdict(read_markup(data.decode("utf-8", "surrogatepass"), **facts))


def _read_file(data: bytes, name: str) -> dict[str, Any]:
    from pitchbar.reading.readers import read_draft

    return asdict(read_draft(data, name))


WORK: dict[str, Callable[..., dict[str, Any]]] = {"page": _read_page, "file": _read_file}


def main() -> None:
    order = json.loads(sys.argv[1])
    # Libraries print what they like; the answer has a way of its own.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    data = sys.stdin.buffer.read()
    _limit(order["seconds"], order["memory"])
    answers.write(json.dumps(_answer(order, data)).encode())
    answers.close()
    # Without waiting for what libraries do at their end.
    os._exit(0)


def _answer(order: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        return {"read": WORK[order["work"]](data, **order["facts"])}
    except Unreadable as refused:
        return {"unreadable": (refused.kind, str(refused))}
    except (MemoryError, RecursionError):
        return {"unreadable": ("bomb", _TOO_LARGE)}
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return {"unreadable": ("broken", _BROKEN)}


def _limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Nothing is written to disk, nothing is left of a fall, and nothing is started.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
