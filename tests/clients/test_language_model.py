"""A model behind an endpoint on this machine, which does to us whatever such endpoints do."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pitchbar.clients.language_model import (
    Call,
    ChatMessage,
    LanguageModel,
    ModelUnavailable,
    Waits,
)
from tests.support.language_model import (
    STALL,
    FakeModel,
    Reply,
    escaped_event,
    event,
    language_model,
    stream_of,
)

QUESTION = [ChatMessage("system", "Be brief."), ChatMessage("user", "How long?")]
SHORT = Waits(connect=0.5, first_token=0.15, between=0.15, whole=0.4)
SECRET = "sk-of-the-provider-7"


def ask(model: FakeModel, call: Call | None = None) -> str:
    client = LanguageModel(model.url, "fake-1", "our key")
    try:
        return "".join(client.stream(QUESTION, call or Call(SHORT), max_tokens=50))
    finally:
        client.close()


def delta(text: str) -> bytes:
    return event({"choices": [{"delta": {"content": text}}]})


def escaped(text: str) -> bytes:
    return escaped_event({"choices": [{"delta": {"content": text}}]})


END = event({"choices": [{"delta": {}, "finish_reason": "stop"}]})


def test_it_is_asked_as_openai_is_and_tells_what_it_used() -> None:
    call = Call(SHORT)
    with language_model("Fourteen days.") as model:
        assert ask(model, call) == "Fourteen days."
    asked = model.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == "fake-1"
    assert asked["messages"][1] == {"role": "user", "content": "How long?"}
    assert asked["stream"] is True
    assert asked["stream_options"] == {"include_usage": True}
    assert asked["max_tokens"] == 50
    assert model.keys == ["Bearer our key"]
    assert (call.prompt_tokens, call.completion_tokens) == (100, 20)


_LETTERS = "Größe: 14 Tage 🙂 · 漢字"
_ESCAPED = json.dumps({"choices": [{"delta": {"content": "🙂"}}]}).encode()


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        pytest.param(_cut(b"".join(stream_of(_LETTERS)), 1), _LETTERS, id="a byte at a time"),
        pytest.param(_cut(b"".join(stream_of(_LETTERS)), 3), _LETTERS, id="letters cut in two"),
        pytest.param(
            [escaped("\ud83d"), escaped("\ude42"), END], "🙂", id="a letter in two escaped halves"
        ),
        pytest.param([b"data: " + _ESCAPED + b"\n\n", END], "🙂", id="an escaped letter"),
        pytest.param([escaped("a\ud83d"), delta("b"), END], "a�b", id="half a letter alone"),
        pytest.param([delta("a\u2028b\x85c"), END], "a\u2028b\x85c", id="signs that end no line"),
        pytest.param(
            [b"data:" + one.removeprefix(b"data: ") for one in stream_of("Yes.")],
            "Yes.",
            id="without a space",
        ),
        pytest.param(
            [one.replace(b"\n", b"\r\n") for one in stream_of("Yes.")], "Yes.", id="other line ends"
        ),
        pytest.param([b": waiting\n\n", *stream_of("Yes.")], "Yes.", id="comments"),
        pytest.param(
            [b"event: message\nid: 4\n", *stream_of("Yes.")], "Yes.", id="names of events"
        ),
        pytest.param(
            [b"garbage\n", b"data: {\n\n", b"data: 7\n\n", b"\xff\xfe\n", *stream_of("Yes.")],
            "Yes.",
            id="some garbage",
        ),
        pytest.param(
            [event({"choices": None}), event({"choices": [7]}), event({}), *stream_of("Yes.")],
            "Yes.",
            id="odd shapes",
        ),
        pytest.param(
            [
                event({"choices": [{"delta": {"content": None, "reasoning_content": "Hm"}}]}),
                *stream_of("Yes."),
            ],
            "Yes.",
            id="what it thinks",
        ),
        pytest.param(
            [event({"choices": [{"delta": {"content": [{"type": "text", "text": "Yes."}]}}]}), END],
            "Yes.",
            id="parts in a list",
        ),
        pytest.param(list(stream_of("Yes.", is_done=False)), "Yes.", id="no [DONE]"),
        pytest.param(list(stream_of("Yes.", finish="")), "Yes.", id="no reason of the end"),
        pytest.param([delta("Yes."), END[:-2]], "Yes.", id="no last end of a line"),
        pytest.param([*stream_of("Yes."), delta(" And more.")], "Yes.", id="words after the end"),
    ],
)
def test_what_it_says_is_read_however_it_is_sent(pieces: list[bytes], said: str) -> None:
    with language_model(Reply(pieces)) as model:
        assert ask(model) == said


def test_answer_that_is_no_stream_is_taken_whole() -> None:
    told = {
        "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }
    call = Call(SHORT)
    reply = Reply([json.dumps(told).encode()], content_type="application/json; charset=utf-8")
    with language_model(reply) as model:
        assert ask(model, call) == "Yes."
    assert call.completion_tokens == 2


def _slowly() -> Iterator[bytes]:
    while True:
        yield delta("word ")
        time.sleep(0.01)


def _dripping_comments() -> Iterator[bytes]:
    while True:
        yield b": wait\n\n"
        time.sleep(0.01)


_LEAK = f"{{'error': 'key {SECRET} of org-acme has no quota'}}".encode()


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(Reply([STALL]), "slow_start", id="says nothing"),
        pytest.param(Reply(_dripping_comments()), "slow_start", id="only comments"),
        pytest.param(Reply([delta("Four"), STALL]), "stalled", id="stops in between"),
        pytest.param(Reply(_slowly()), "too_long", id="slowly for ever"),
        pytest.param(Reply([delta("x" * 9_000)] * 9), "too_long", id="says too much"),
        pytest.param(Reply([delta("Four")], has_end=False), "cut_off", id="cut off"),
        pytest.param(Reply([delta("Four")]), "cut_off", id="ended in the middle"),
        pytest.param(Reply([], has_end=False), "cut_off", id="nothing at all"),
        pytest.param(Reply([b"<html>\n"] * 60), "unreadable", id="pages"),
        pytest.param(Reply([b"x" * 300_000]), "unreadable", id="a line without an end"),
        pytest.param(Reply([b"{"], content_type="application/json"), "unreadable", id="no json"),
        pytest.param(Reply(stream_of("", usage=None)), "empty", id="an empty answer"),
        pytest.param(Reply(stream_of(" \n")), "empty", id="white space"),
        pytest.param(
            Reply(stream_of("No.", finish="content_filter")), "withheld", id="its own filter"
        ),
        pytest.param(
            Reply([delta("Four"), event({"error": {"message": SECRET}})]), "failed", id="an error"
        ),
        pytest.param(Reply([_LEAK], status=401), "refused", id="401"),
        pytest.param(Reply([_LEAK], status=403), "refused", id="403"),
        pytest.param(Reply([_LEAK], status=429), "busy", id="429"),
        pytest.param(Reply([_LEAK], status=400), "failed", id="400"),
        pytest.param(Reply([_LEAK], status=404), "failed", id="404"),
        pytest.param(Reply([_LEAK], status=302), "failed", id="302"),
        pytest.param(Reply([_LEAK], status=500), "failed", id="500"),
        pytest.param(Reply([_LEAK], status=503), "failed", id="503"),
    ],
)
def test_what_goes_wrong_has_a_word_and_nothing_of_the_endpoint_in_it(
    reply: Reply, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), language_model(reply) as model:
        began_at = time.monotonic()
        with pytest.raises(ModelUnavailable) as raised:
            ask(model)
        took = time.monotonic() - began_at
    assert raised.value.kind == kind
    assert took < 1.0
    assert SECRET not in caplog.text
    assert SECRET not in repr(raised.value)
    assert raised.value.__cause__ is None


def test_nobody_there_is_no_connection() -> None:
    with language_model("") as model:
        pass
    with pytest.raises(ModelUnavailable) as raised:
        ask(model)
    assert raised.value.kind == "no_connection"


def test_who_leaves_ends_the_connection() -> None:
    with language_model(Reply([delta("Four"), STALL])) as model:
        client = LanguageModel(model.url, "fake-1")
        said = client.stream(QUESTION, Call(Waits()), max_tokens=50)
        assert next(said) == "Four"
        said.close()
        assert model.left.wait(1)


def test_call_is_stopped_from_another_thread_while_it_waits() -> None:
    call = Call(Waits())
    with language_model(Reply([delta("Four"), STALL])) as model:
        client = LanguageModel(model.url, "fake-1")
        said = client.stream(QUESTION, call, max_tokens=50)
        next(said)
        threading.Timer(0.05, call.stop).start()
        with pytest.raises(ModelUnavailable) as raised:
            next(said)
        assert model.left.wait(1)
    assert raised.value.kind == "stopped"
    assert call.completion_tokens > 0


def test_usage_that_is_not_told_is_estimated() -> None:
    call = Call(SHORT)
    with language_model(Reply(stream_of("word " * 40, usage=None))) as model:
        ask(model, call)
    assert 30 <= call.completion_tokens <= 70
    assert 2 <= call.prompt_tokens <= 12


@pytest.mark.parametrize("told", ["many", -4, 1e99, True, None, 10**30])
def test_usage_that_is_no_count_is_not_believed(told: Any) -> None:
    call = Call(SHORT)
    usage = event({"choices": [], "usage": {"prompt_tokens": told, "completion_tokens": told}})
    with language_model(Reply([delta("Yes."), END, usage])) as model:
        ask(model, call)
    assert 0 < call.prompt_tokens < 50
    assert 0 < call.completion_tokens < 50


def test_endpoint_that_knows_the_least_alone_is_asked_in_its_way() -> None:
    def answer(body: dict[str, Any]) -> Reply | str:
        return Reply([], status=400) if "stream_options" in body else "Yes."

    with language_model(answer) as model:
        client = LanguageModel(model.url, "fake-1")
        for _ in range(2):
            assert "".join(client.stream(QUESTION, Call(SHORT), max_tokens=50)) == "Yes."
    assert [set(one) - {"path"} for one in model.asked[1:]] == [{"model", "messages", "stream"}] * 2


def test_request_that_is_refused_either_way_changes_no_other() -> None:
    with language_model(lambda _: Reply([], status=400)) as model:
        client = LanguageModel(model.url, "fake-1")
        with pytest.raises(ModelUnavailable):
            list(client.stream(QUESTION, Call(SHORT), max_tokens=50))
        model.answer = lambda _: "Yes."
        assert "".join(client.stream(QUESTION, Call(SHORT), max_tokens=50)) == "Yes."
    assert ["stream_options" in one for one in model.asked] == [True, False, True]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/gpt/chat/completions?api-version=3", "/gpt/chat/completions?api-version=3"),
    ],
)
def test_address_may_be_of_the_api_or_of_the_call(path: str, asked: str) -> None:
    with language_model("Yes.") as model:
        client = LanguageModel(model.url.removesuffix("/v1") + path, "fake-1")
        list(client.stream(QUESTION, Call(SHORT), max_tokens=50))
    assert model.asked[0]["path"] == asked


def test_one_connection_serves_several_questions() -> None:
    with language_model(lambda _: Reply(stream_of("Yes."), keeps_alive=True)) as model:
        client = LanguageModel(model.url, "fake-1")
        for _ in range(3):
            assert "".join(client.stream(QUESTION, Call(SHORT), max_tokens=50)) == "Yes."
        client.close()
    assert len(model.asked) == 3
    assert len(model.callers) == 1
