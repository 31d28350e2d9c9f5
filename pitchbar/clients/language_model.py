"""A language model behind any endpoint that speaks as OpenAI's does; nothing else speaks to one."""

import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

import httpcore
import orjson

from pitchbar.clients.language_model_stream import (
    BrokenStream,
    Event,
    events_of,
    whole_answer_of,
    whole_letters,
)
from pitchbar.clients.timed_connections import Patience, timed_pool, timeouts_of

log = logging.getLogger(__name__)

# For what stands behind the end of an answer, so that its connection serves the next.
_LAST_BYTES_SECONDS = 0.05
_LONGEST_ANSWER = 40_000
_LONGEST_BODY = 1 << 20
# How endpoints tell that a model stopped by itself, or had to.
_STOPPED_SHORT = "length"


class ModelUnavailable(Exception):
    """Why there is no answer, or no end of one. What the endpoint said is in none of it.

    `kind`: "no_connection", "slow_start", "stalled" (between two words), "too_long", "refused" (its
    key), "busy", "failed", "cut_off", "unreadable", "empty", "withheld" (by the endpoint's own
    filter), "stopped" (by us).
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Waits:
    """In seconds: for a connection, for the first word, between two, for all of it."""

    connect: float = 3.0
    first_token: float = 8.0
    between: float = 10.0
    whole: float = 60.0


@dataclass
class Call:
    """One question to a model. Whoever asked may end it from any thread, and read what it used:
    the endpoint's own figures, or estimated ones as long as it told none.
    """

    waits: Waits
    prompt_tokens: int = 0
    completion_tokens: int = 0
    was_taken: bool = False
    """The endpoint has begun to answer: it counts."""
    was_cut_short: bool = False
    """The model was not through when it had used its tokens."""
    has_told: bool = False
    """The figures are the endpoint's."""
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(self.waits.whole)

    def stop(self) -> None:
        self.patience.stop()


class LanguageModel:
    def __init__(self, url: str, model: str, api_key: str = "") -> None:
        base = url.rstrip("/")
        is_whole = urlsplit(base).path.endswith("/chat/completions")
        self._url = base if is_whole else f"{base}/chat/completions"
        self._model = model
        self._headers = [("Content-Type", "application/json"), ("Accept-Encoding", "identity")]
        if api_key:
            self._headers.append(("Authorization", f"Bearer {api_key}"))
        # Whether it takes nothing but what every endpoint takes; found out by asking.
        self._is_plain = False
        self._pool = timed_pool()

    def stream(
        self, messages: Sequence[ChatMessage], call: Call, *, max_tokens: int
    ) -> Generator[str, None, None]:
        """The answer as it comes. Closing it closes the connection.

        Raises:
            ModelUnavailable
        """
        call.prompt_tokens = sum(estimated_tokens(one.content) for one in messages)
        call.patience.wait_for_step(call.waits.first_token)
        said = ""
        with _explained(call, lambda: bool(said)):
            for text in whole_letters(self._answer(messages, call, max_tokens)):
                said += text
                if not call.has_told:
                    call.completion_tokens = estimated_tokens(said)
                call.patience.wait_for_step(call.waits.between)
                if len(said) > _LONGEST_ANSWER:
                    raise ModelUnavailable("too_long")
                yield text
            if not said.strip():
                raise ModelUnavailable("empty")

    def describe(self) -> str:
        return f"the model {self._model} at {self._url}"

    def close(self) -> None:
        self._pool.close()

    def _answer(
        self, messages: Sequence[ChatMessage], call: Call, max_tokens: int
    ) -> Iterator[str]:
        for is_plain in (False, True)[self._is_plain :]:
            with self._asked(self._body(messages, max_tokens, is_plain), call) as response:
                if response.status in (400, 422) and not is_plain:
                    continue
                _check_status(response.status)
                # Not for one request that it did not like for something else.
                self._is_plain = is_plain
                call.was_taken = True
                yield from _texts_of(_events_in(response), call)
                return

    def _body(
        self, messages: Sequence[ChatMessage], max_tokens: int, is_plain: bool
    ) -> dict[str, Any]:
        said = [{"role": one.role, "content": one.content} for one in messages]
        body: dict[str, Any] = {"model": self._model, "messages": said, "stream": True}
        if is_plain:
            return body
        usage = {"include_usage": True}
        return {**body, "stream_options": usage, "max_tokens": max_tokens, "temperature": 0.2}

    @contextmanager
    def _asked(self, body: dict[str, Any], call: Call) -> Iterator[httpcore.Response]:
        with self._pool.stream(
            "POST",
            self._url,
            headers=self._headers,
            content=orjson.dumps(body),
            extensions={"timeout": timeouts_of(call.patience, call.waits.connect)},
        ) as response:
            yield response


def _check_status(status: int) -> None:
    if status == 200:
        return
    log.warning("The language model answered with status %d.", status)
    if status in (401, 403):
        raise ModelUnavailable("refused")
    raise ModelUnavailable("busy" if status == 429 else "failed")


def _events_in(response: httpcore.Response) -> Iterator[Event]:
    kinds = [value for name, value in response.headers if name.lower() == b"content-type"]
    if kinds and kinds[0].split(b";")[0].strip().lower() == b"application/json":
        return whole_answer_of(_whole(response.iter_stream()))
    return events_of(response.iter_stream())


def _whole(parts: Iterable[bytes]) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > _LONGEST_BODY:
            raise BrokenStream("unreadable")
    return bytes(body)


def _texts_of(events: Iterator[Event], call: Call) -> Iterator[str]:
    """Some endpoints never say `[DONE]`, and some say the reason of the end alone."""
    finish, is_done = "", False
    try:
        for event in events:
            finish, is_done = event.finish or finish, is_done or event.is_done
            _take_counts(event, call)
            if event.is_done:
                call.patience.wait_for_step(_LAST_BYTES_SECONDS)
            elif event.text and not is_done:
                yield event.text
    except (httpcore.RemoteProtocolError, httpcore.ReadTimeout):
        if not finish and not is_done:
            raise
    if finish == "content_filter":
        raise ModelUnavailable("withheld")
    if not finish and not is_done:
        raise ModelUnavailable("cut_off")
    call.was_cut_short = finish == _STOPPED_SHORT


def _take_counts(event: Event, call: Call) -> None:
    if event.prompt_tokens is not None and event.completion_tokens is not None:
        call.prompt_tokens, call.completion_tokens = event.prompt_tokens, event.completion_tokens
        call.has_told = True


@contextmanager
def _explained(call: Call, has_begun: Any) -> Iterator[None]:
    """Whatever goes wrong, as one of ours, with nothing of the endpoint's in it."""
    try:
        yield
    except BrokenStream as error:
        raise ModelUnavailable(error.kind) from None
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        kind = _kind_of(error, call, has_begun())
        log.warning("The language model did not answer (%s).", kind)
        raise ModelUnavailable(kind) from None


def _kind_of(error: Exception, call: Call, has_begun: bool) -> str:
    if call.patience.is_stopped:
        return "stopped"
    if isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)):
        return "no_connection"
    if isinstance(error, httpcore.TimeoutException):
        late = "stalled" if has_begun else "slow_start"
        return "too_long" if call.patience.is_over else late
    return "cut_off"


def estimated_tokens(text: str) -> int:
    """About four bytes are one, in most languages and for most models."""
    return len(text.encode("utf-8", "replace")) // 4 + 1


@lru_cache(maxsize=8)
def language_model(url: str, model: str, api_key: str) -> LanguageModel:
    """One for the process, with its connections."""
    return LanguageModel(url, model, api_key)
