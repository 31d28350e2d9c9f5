from typing import Any

import pytest

from pitchbar.jobs import Queue, every, list_scheduled_tasks, parse_queues, task
from pitchbar.jobs.retries import RetryPolicy
from tests.jobs.sample_tasks import lines_of, note


def test_task_runs_when_it_is_called(trace: str) -> None:
    note(trace, "called")
    assert lines_of(trace) == ["called"]


def test_two_tasks_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="two tasks are named"):
        task(queue=Queue.DEFAULT, name=note.name)(lambda: None)


@pytest.mark.parametrize("options", [{"queue": "nowhere"}, {"tries": 0}, {"timeout": 0}])
def test_wrong_declaration_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"queue|at least"):
        task(**{"queue": "default", **options})


def test_parameter_that_enqueue_would_take_is_refused() -> None:
    with pytest.raises(ValueError, match="delay is an option of enqueue"):
        task(queue=Queue.DEFAULT)(lambda delay: None)


def test_parameters_without_names_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be a task's parameter"):
        task(queue=Queue.DEFAULT)(lambda *args: None)


def test_scheduled_task_that_wants_arguments_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody gives a scheduled task arguments"):
        task(queue=Queue.DEFAULT, schedule=every.minutes(5))(lambda path: None)


def test_task_is_scheduled_only_when_it_says_so() -> None:
    scheduled = list_scheduled_tasks()
    assert note.name not in [one.name for one in scheduled]
    assert all(one.trigger is not None for one in scheduled)


def test_explicit_waits_are_kept_and_the_last_repeats() -> None:
    policy = RetryPolicy(waits=(30, 90, 180))
    assert [policy.wait_after(used) for used in (1, 2, 3, 4)] == [30, 90, 180, 180]


def test_wait_doubles_up_to_the_cap() -> None:
    policy = RetryPolicy(first_wait=10, cap=60, jitter=0)
    assert [policy.wait_after(used) for used in (1, 2, 3, 4, 1000)] == [10, 20, 40, 60, 60]


def test_jitter_moves_the_wait_both_ways_and_not_past_the_cap() -> None:
    policy = RetryPolicy(first_wait=100, cap=110, jitter=0.25)
    waits = [policy.wait_after(1) for _ in range(300)]
    assert min(waits) >= 75
    assert max(waits) <= 110
    assert min(waits) < 90
    assert max(waits) > 105


def test_queues_are_read_in_order_and_strangers_named() -> None:
    assert parse_queues("crawl, index,crawl") == ("crawl", "index")
    with pytest.raises(ValueError, match="no queue named bulk"):
        parse_queues("crawl,bulk")
    with pytest.raises(ValueError, match="at least one"):
        parse_queues(" ")
