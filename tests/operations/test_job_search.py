from datetime import timedelta

import pytest
from flask import Flask

from pitchbar.extensions import db
from pitchbar.jobs.ledger.filters import JobFilter
from pitchbar.jobs.ledger.models import JobTag
from pitchbar.jobs.ledger.queries import COUNT_BOUND, BoundedCount, count_jobs, list_jobs
from pitchbar.operations.job_search import BadSearch, complete, parse_search
from tests.operations.jobs_factory import make_job


def test_every_key_is_read() -> None:
    wanted = parse_search(
        "queue:crawl state:failed task:a.b tag:nightly error:Timeout id:7 age:>1h"
    )
    assert wanted == JobFilter(
        queue="crawl",
        state="failed",
        task="a.b",
        tag="nightly",
        error="Timeout",
        job_id=7,
        older_than=timedelta(hours=1),
    )


def test_words_and_quotes_are_kept_together() -> None:
    assert parse_search('"did not answer" page').words == ("did not answer", "page")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour:red", "is not known here"),
        ("queue:nowhere", "There is no queue"),
        ("state:sleeping", "There is no state"),
        ("age:1h", "Write an age"),
        ("age:>99999999h", "Write an age"),
        ("id:-1", "number of a job"),
        ("id:99999999999999999999", "number of a job"),
    ],
)
def test_a_bad_part_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSearch, match=said):
        parse_search(text)


def test_the_search_finds_by_each_part(app: Flask) -> None:
    old = make_job("failed", age=timedelta(hours=2), arguments={"page_id": 77})
    new = make_job("queued", queue="default", task="tests.other")
    db.session.add(JobTag(tag="nightly", job_id=old.id))
    db.session.commit()
    for text in (
        "queue:crawl",
        "state:failed",
        "task:tests.fetch_page",
        "tag:nightly",
        "error:readtimeout",
        "age:>1h",
        f"id:{old.id}",
        "answer",
        "77",
    ):
        assert [job.id for job in list_jobs(db.session(), parse_search(text)).jobs] == [old.id], (
            text
        )
    assert [job.id for job in list_jobs(db.session(), parse_search("age:<1h")).jobs] == [new.id]


def test_wildcards_in_words_are_literal(app: Flask) -> None:
    make_job()
    assert not list_jobs(db.session(), parse_search("%")).jobs
    assert not list_jobs(db.session(), parse_search("fetch?page")).jobs


def test_delayed_jobs_are_not_merely_queued(app: Flask) -> None:
    make_job()
    later = make_job(age=timedelta(hours=-1))
    assert [job.id for job in list_jobs(db.session(), parse_search("state:delayed")).jobs] == [
        later.id
    ]


def test_pages_follow_each_other_without_gap(app: Flask) -> None:
    ids = [make_job().id for _ in range(53)]
    first = list_jobs(db.session(), JobFilter())
    second = list_jobs(db.session(), JobFilter(), first.next_before)
    assert [job.id for job in (*first.jobs, *second.jobs)] == ids[::-1]
    assert second.next_before is None
    assert count_jobs(db.session(), JobFilter()).label == "53"


def test_a_count_past_the_bound_says_so() -> None:
    assert BoundedCount(COUNT_BOUND + 1).label == "10,000+"


def test_completion_offers_keys_then_values() -> None:
    assert complete("st", [], []) == ["state:"]
    assert complete("queue:crawl state:f", [], []) == ["queue:crawl state:failed"]
    assert complete("task:mail", ["mailing.send_mail", "x.y"], []) == ["task:mailing.send_mail"]
    assert complete("nonsense:", [], []) == []
