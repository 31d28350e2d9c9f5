"""Calls for the jobs that read. They stand above, and say so when they are declared."""

from dataclasses import dataclass

from pitchbar.jobs import Task, enqueue


@dataclass
class Jobs:
    plan: Task | None = None
    page: Task | None = None


jobs = Jobs()


def call_plan(generation_id: int) -> None:
    if jobs.plan is not None:
        enqueue(jobs.plan, generation_id, unique=f"plan:{generation_id}")


def call_page(page_id: int, delay: float) -> None:
    if jobs.page is not None:
        enqueue(jobs.page, page_id, delay=delay, unique=f"page:{page_id}")
