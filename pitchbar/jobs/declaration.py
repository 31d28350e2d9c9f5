"""`@task`: declares a function that runs as a job."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pitchbar.jobs.attempts import Failure
from pitchbar.jobs.queues import QUEUES
from pitchbar.jobs.retries import RetryPolicy

FailedHook = Callable[..., Any]
# These are options of `enqueue`, so a task cannot have parameters of the same name.
_OPTIONS = frozenset({"on", "delay", "unique", "tags"})


@dataclass
class Task:
    """A declared task. Calling it runs the function here and now, as tests do.

    `unique_until` says how long a unique job stands in the way of its like: until it starts
    ("start", for drains, which must run again for what came meanwhile), or ends ("end").
    """

    name: str
    function: Callable[..., Any]
    queue: str
    tries: int
    timeout: int
    retry: RetryPolicy
    unique_until: str
    signature: inspect.Signature
    failed_hook: FailedHook | None = field(default=None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def failed(self, hook: FailedHook) -> FailedHook:
        """Decorator: `hook(failure, **arguments)` runs, as a job of its own, when the job has
        ended as failed: on the last error, time-out or lost worker, or on `Fail`.
        """
        self.failed_hook = hook
        return hook

    def run_failed_hook(self, failure: Failure, arguments: dict[str, Any]) -> None:
        if self.failed_hook is not None:
            self.failed_hook(failure, **arguments)


_registry: dict[str, Task] = {}


def task(
    *,
    queue: str,
    tries: int = 3,
    waits: Iterable[float] = (),
    timeout: int = 60,
    first_wait: float = 10.0,
    cap: float = 3600.0,
    jitter: float = 0.25,
    unique_until: str = "end",
    name: str = "",
) -> Callable[[Callable[..., Any]], Task]:
    """Declares a task named after its feature and function, such as `sources.crawl_page`.

    Args:
        queue: one of QUEUES.
        tries: how often it is started at most, releases not counted.
        waits: seconds before the second try, the third and so on; without them the wait doubles
            from `first_wait` up to `cap`, give or take the share `jitter`.
        timeout: seconds for one attempt.
        unique_until: "start" or "end", see Task.
        name: another name, when the function has moved and old jobs still wait.
    """
    if queue not in QUEUES:
        raise ValueError(f"there is no queue named {queue}")
    if tries < 1 or timeout < 1 or unique_until not in ("start", "end"):
        raise ValueError("tries and timeout are at least 1, unique_until is start or end")
    retry = RetryPolicy(tuple(waits), first_wait, cap, jitter)

    def declare(function: Callable[..., Any]) -> Task:
        declared = Task(
            name or _name_of(function),
            function,
            queue,
            tries,
            timeout,
            retry,
            unique_until,
            _signature_of(function),
        )
        return _register(declared)

    return declare


def find_task(name: str) -> Task | None:
    return _registry.get(name)


def list_tasks() -> list[Task]:
    return sorted(_registry.values(), key=lambda one: one.name)


def _register(declared: Task) -> Task:
    if declared.name in _registry:
        raise ValueError(f"two tasks are named {declared.name}")
    _registry[declared.name] = declared
    return declared


def _name_of(function: Callable[..., Any]) -> str:
    module = function.__module__.removeprefix("pitchbar.").removesuffix(".tasks")
    return f"{module}.{function.__name__}"


def _signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Every argument must have a name, as the ledger keeps arguments by name."""
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise ValueError(f"{function.__name__}: {parameter} cannot be a task's parameter")
        if parameter.name in _OPTIONS:
            raise ValueError(f"{function.__name__}: {parameter.name} is an option of enqueue()")
    return signature
