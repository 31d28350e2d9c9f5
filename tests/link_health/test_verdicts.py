import pytest

from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.link_health.asking import ask
from pitchbar.link_health.verdicts import judge, judge_failure
from tests.support.faulty_servers import (
    FaultyServer,
    Handle,
    answer,
    faulty_server,
    hang,
    say,
)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((status, "well") for status in (200, 204, 206, 304, 302)),
        *((status, "failed") for status in (404, 410, 500, 502, 503, 504)),
        *((status, "unclear") for status in (400, 401, 403, 405, 406, 429, 451, 999)),
    ],
)
def test_a_status_says_what_it_means(status: int, outcome: str) -> None:
    verdict = judge(OutboundAnswer(status, {}, b"", False, 5, "https://a.com/"))
    assert verdict.outcome == outcome
    assert verdict.said.endswith(".")
    assert verdict.status == status


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        *((kind, "failed") for kind in ("dns", "connect", "tls", "timeout", "broken_answer")),
        *((kind, "failed") for kind in ("too_large", "too_many_redirects")),
        ("refused_address", "skipped"),
        ("bad_url", "skipped"),
    ],
)
def test_no_answer_says_what_it_means(kind: str, outcome: str) -> None:
    assert judge_failure(OutboundError(kind, "Why.")).outcome == outcome  # type: ignore[arg-type]  # a literal, from the parameters


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("itms-apps://apps.apple.com/1", "well"),
        ("market://details?id=x", "well"),
        ("javascript:alert(1)", "skipped"),
        ("http://user@a.com/", "skipped"),
    ],
)
def test_a_redirect_to_an_app_is_an_answer(url: str, outcome: str) -> None:
    error = OutboundError("bad_url", "No.", url=url, redirects=("https://a.com/",))
    assert judge_failure(error).outcome == outcome


def ask_server(handle: Handle) -> tuple[str, list[str]]:
    """The outcome, and the methods that were used."""
    with faulty_server(handle) as server:
        verdict = ask(server.url, "https://pitchbar.example", frozenset({server.pair}))
        return verdict.outcome, [head.split()[0] for head in server.heads]


def by_method(head: Handle, get: Handle) -> Handle:
    return lambda connection, asked, over: (head if asked.startswith(b"HEAD") else get)(
        connection, asked, over
    )


def test_a_destination_that_answers_head_is_asked_once() -> None:
    assert ask_server(answer(200, b"")) == ("well", ["HEAD"])


@pytest.mark.parametrize("status", [403, 404, 405, 500, 501])
def test_where_head_tells_nothing_get_is_asked(status: int) -> None:
    handle = by_method(answer(status, b""), answer(200, b"hello"))
    assert ask_server(handle) == ("well", ["HEAD", "GET"])


def test_nonsense_for_head_is_no_failure_where_get_answers() -> None:
    assert ask_server(by_method(say(b"what?\r\n\r\n"), answer()))[0] == "well"


def test_a_missing_page_is_told_by_get() -> None:
    assert ask_server(answer(404, b"")) == ("failed", ["HEAD", "GET"])


def test_a_destination_that_hangs_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitchbar.link_health.asking.SECONDS", 0.1)
    assert ask_server(hang) == ("failed", ["HEAD", "GET"])


def test_redirects_are_followed_and_told() -> None:
    with (
        faulty_server(answer(200, b"")) as end,
        faulty_server(answer(301, b"", (("Location", end.url),))) as server,
    ):
        allow = frozenset({server.pair, end.pair})
        verdict = ask(server.url, "https://pitchbar.example", allow)
    assert (verdict.outcome, verdict.final_url) == ("well", end.url)
    assert verdict.said == "It answers, after 1 redirect."


def test_a_closed_port_is_not_asked_twice() -> None:
    with faulty_server(answer()) as server:
        pass
    tried = []

    def send(method: str, url: str, **options: object) -> OutboundAnswer:
        tried.append(method)
        raise OutboundError("connect", f"{FaultyServer(server.port).pair} takes no connection.")

    assert ask(server.url, "https://pitchbar.example", frozenset(), send).outcome == "failed"
    assert tried == ["HEAD"]


def test_an_inner_destination_is_not_asked() -> None:
    with faulty_server(answer()) as inner:
        verdict = ask(inner.url, "https://pitchbar.example", frozenset())
    assert (verdict.outcome, inner.connections) == ("skipped", 0)
