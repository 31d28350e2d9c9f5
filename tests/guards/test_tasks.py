"""Every declared task is known to those that run it, under the name that stands in the ledger."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.jobs import Queue

_WORKER = """
import json, sys
from pitchbar import create_app
from pitchbar.jobs import list_scheduled_tasks, list_tasks
create_app()
print(json.dumps({
    "modules": sorted(sys.modules),
    "tasks": {task.name: task.queue for task in list_tasks()},
    "scheduled": [task.name for task in list_scheduled_tasks()],
}))
"""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a worker, a scheduler and the dashboard know, with no test's task among it."""
    environment = {"APP_KEY": "any", "DATA_DIR": str(tmp_path_factory.mktemp("worker"))}
    done = subprocess.run(
        [sys.executable, "-c", _WORKER], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    known: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return known


def decorations(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each `@task(…)` of a module, with the name of its function."""
    nodes = ast.walk(ast.parse(path.read_text()))
    for node in (node for node in nodes if isinstance(node, ast.FunctionDef)):
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "task":
                yield node.name, call


def declared() -> dict[str, list[tuple[str, ast.Call]]]:
    found = {path: list(decorations(path)) for path in (ROOT / "pitchbar").rglob("*.py")}
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): tasks
        for path, tasks in found.items()
        if tasks
    }


def names_in_the_ledger() -> set[str]:
    """The lines of every feature: a name, and "scheduled" where the task runs by itself."""
    files = (ROOT / "tests").glob("*/task_names.txt")
    return {line for file in files for line in file.read_text().splitlines()}


def queues_with_a_worker() -> set[str]:
    lists = re.findall(r"pitchbar work --queues (\S+)", (ROOT / "Procfile").read_text())
    return {queue for names in lists for queue in names.split(",")}


def test_every_module_that_declares_tasks_is_imported(worker: dict[str, Any]) -> None:
    assert len(declared()) >= 5
    assert set(declared()) - set(worker["modules"]) == set()


def test_every_task_with_a_schedule_is_collected(worker: dict[str, Any]) -> None:
    with_schedule = {
        function
        for tasks in declared().values()
        for function, call in tasks
        if any(keyword.arg == "schedule" for keyword in call.keywords)
    }
    assert {name.rpartition(".")[2] for name in worker["scheduled"]} == with_schedule


def test_names_in_the_ledger_stay(worker: dict[str, Any]) -> None:
    """Jobs that wait are found by their name, and so are minutes that some scheduler has taken."""
    known = names_in_the_ledger()
    found = {
        name + (" scheduled" if name in worker["scheduled"] else "") for name in worker["tasks"]
    }
    assert sorted(known - found) == [], (
        "no worker can run jobs that wait under these names: give the new task the old `name`"
    )
    assert sorted(found - known) == [], (
        "write each into the task_names.txt beside its feature's tests: it cannot change later"
    )


def test_every_task_has_a_worker_for_its_queue(worker: dict[str, Any]) -> None:
    served = queues_with_a_worker()
    assert {name for name, queue in worker["tasks"].items() if queue not in served} == set()
    assert set(Queue) == served
