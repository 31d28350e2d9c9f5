"""`@task`: declares a function that runs as a job."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from pitchbar.jobs.attempts import AttemptError
from pitchbar.jobs.queues import QUEUES, Queue
from pitchbar.jobs.retries import RetryPolicy
from pitchbar.jobs.triggers import Trigger

HOOK_TASK = "jobs.run_failed_hook"
HIDDEN = "(hidden)"
FailedHook = Callable[..., Any]
Missed = Literal["once", "skip"]
# These are options of `enqueue`, so a task cannot have parameters of the same name.
_OPTIONS = frozenset({"on", "delay", "unique", "tags"})


@dataclass
class Task:
    """A declared task. Calling it runs the function here and now, as tests do.

    `unique_until` says how long a unique job stands in the way of its like: until it starts
    ("start", for drains, which must run again for what came meanwhile), or ends ("end").
    `trigger` says when it runs by itself, and `missed` what becomes of minutes at which no
    scheduler ran: "once" runs it once for all of them, "skip" lets them go.
    """

    name: str
    function: Callable[..., Any]
    queue: Queue
    tries: int
    timeout: int
    retry: RetryPolicy
    unique_until: str
    signature: inspect.Signature
    trigger: Trigger | None
    missed: Missed
    secret: frozenset[str] = frozenset()
    failed_hook: FailedHook | None = field(default=None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def failed(self, hook: FailedHook) -> FailedHook:
        """Decorator: `hook(error, **arguments)` runs, as a job of its own, when the job has
        ended as failed: on the last error, time-out or lost worker, or on `Fail`.
        """
        self.failed_hook = hook
        return hook

    def run_failed_hook(self, error: AttemptError, arguments: dict[str, Any]) -> None:
        if self.failed_hook is not None:
            self.failed_hook(error, **arguments)


_registry: dict[str, Task] = {}


def task(
    *,
    queue: Queue,
    tries: int = 3,
    waits: Iterable[float] = (),
    timeout: int = 60,
    first_wait: float = 10.0,
    cap: float = 3600.0,
    jitter: float = 0.25,
    unique_until: str = "end",
    schedule: Trigger | None = None,
    missed: Missed = "once",
    secret: Iterable[str] = (),
    name: str = "",
) -> Callable[[Callable[..., Any]], Task]:
    """Declares a task named after its feature and function, such as `sources.crawl_page`.

    The name stands in the ledger: rows of the release before must find their task.

    Args:
        queue: whose workers run it.
        tries: how often it is started at most, releases not counted.
        waits: seconds before the second try, the third and so on; without them the wait doubles
            from `first_wait` up to `cap`, give or take the share `jitter`.
        timeout: seconds for one attempt.
        unique_until: "start" or "end", see Task.
        schedule: when it runs by itself, such as `every.day_at("03:10")`.
        missed: "once" or "skip", see Task.
        secret: arguments that no page, search, log or audit entry shows. Better give none such to
            a job, and an id in its place.
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
            schedule,
            missed,
            frozenset(secret),
        )
        return _register(declared)

    return declare


def find_task(name: str) -> Task | None:
    return _registry.get(name)


def shown_arguments(task_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What people may see of a job's arguments. Those of a task that this release does not know
    are hidden altogether: another one may have called them secret.
    """
    declared = find_task(task_name)
    secret = arguments.keys() if declared is None else declared.secret
    shown = {name: HIDDEN if name in secret else value for name, value in arguments.items()}
    if task_name == HOOK_TASK:
        # It has the arguments of the job that failed within its own.
        shown["arguments"] = shown_arguments(arguments["task"], arguments["arguments"])
    return shown


def list_tasks() -> list[Task]:
    return sorted(_registry.values(), key=lambda one: one.name)


def list_scheduled_tasks() -> list[Task]:
    """What the scheduler starts."""
    return [one for one in list_tasks() if one.trigger is not None]


def _register(declared: Task) -> Task:
    if declared.trigger is not None and declared.signature.parameters:
        raise ValueError(f"{declared.name}: nobody gives a scheduled task arguments")
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
